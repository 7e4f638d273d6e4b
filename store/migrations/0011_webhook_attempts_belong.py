"""Attempts go with their delivery, also when a workspace is deleted."""


def up(migrator, db):
    db.execute_sql(
        "DELETE FROM webhook_attempt a WHERE NOT EXISTS (SELECT FROM webhook_delivery d WHERE d.id = a.delivery_id)"
    )
    db.execute_sql(
        "ALTER TABLE webhook_attempt ADD CONSTRAINT webhook_attempt_delivery"
        " FOREIGN KEY (delivery_id) REFERENCES webhook_delivery ON DELETE CASCADE"
    )
