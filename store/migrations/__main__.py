"""`python -m store.migrations`: bring the database to this version's schema."""

from store.kit import log
from store.migrations.runner import migrate

log.setup("migrate")
for name in migrate():
    log.get("store.migrations").info("migration.applied", name=name)
