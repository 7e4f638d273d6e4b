"""Deleting an endpoint, or its workspace, is short however much was sent to it: upkeep removes its deliveries."""


def up(migrator, db):
    db.execute_sql("ALTER TABLE webhook_delivery DROP CONSTRAINT webhook_delivery_endpoint_id_fkey")
