"""`python -m tests.engine.fleet_worker`: a keeper whose worker processes know the pipelines of the tests."""

from workers import main

if __name__ == "__main__":
    main.main(child="tests.engine.fleet_child")
