"""`python -m tests.engine.fleet_child`: a worker process that also knows the pipelines of the tests."""

from tests.engine import declared
from workers import child

if __name__ == "__main__":
    declared.add()
    child.main()
