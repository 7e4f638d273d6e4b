"""`./run.sh admin …`: what an operator does by hand: keys, plans, operators, sessions, wrong passwords.

Only what was asked for is on standard output, so that a script can keep a new key; the rest goes to standard error.
"""

from __future__ import annotations

import argparse
import os
import sys
from typing import NoReturn

from store.accounts import email as addresses
from store.accounts import keys, logins, sessions, users, workspaces
from store.accounts.key_text import masked
from store.accounts.signup import checked_name
from store.accounts.tables import PLANS, User
from store.kit import db
from store.kit.clock import rfc3339
from store.kit.errors import DomainError, NotFound
from store.kit.settings import child_environment, settings
from workers import running_stack


def main(arguments: list[str] | None = None) -> int:
    """Run one command; 0 when it was done, 1 when it could not be."""
    wanted = _parser().parse_args(arguments)
    if not settings().database.url:
        running = running_stack.find(settings().data_dir)
        if running is None:
            return _refuse(f"Set DATABASE_URL, or start ./run.sh first: no stack runs on {settings().data_dir}.")
        _beside(running, sys.argv[1:] if arguments is None else arguments)
    try:
        wanted.act(wanted)
    except DomainError as error:
        return _refuse(error.message)
    except db.OUTAGES:
        return _refuse("The database is not reachable. Is Millrace running, or DATABASE_URL set?")
    return 0


def create_key(wanted: argparse.Namespace) -> None:
    """Make a secret key for a person's oldest workspace; person and workspace come to be when they are new."""
    email = addresses.normal(wanted.email)
    with db.transaction():
        user = users.find_by_email(email) or users.create(email=email, name=_person_name(wanted), password_hash=None)
        workspace_id = _oldest_workspace(user) or workspaces.create(name=user.name, owner_id=user.id).id
        created = keys.create(workspace_id, name=wanted.name, mode=wanted.mode, created_by=user.id)
    _say(f"{wanted.mode} key {created.row.id} of workspace {workspace_id} ({email}); it is shown this once:")
    sys.stdout.write(created.text + "\n")


def list_keys(wanted: argparse.Namespace) -> None:
    """One line a key of a workspace, newest first; never the key itself."""
    for key in keys.page(_chosen_workspace(wanted)):
        shown = masked(kind=key.kind, mode=key.mode, public_id=key.public_id, last4=key.last4)
        used = f"last used {rfc3339(key.last_used_at)}" if key.last_used_at else "never used"
        state = f"revoked {rfc3339(key.revoked_at)}" if key.revoked_at else used
        sys.stdout.write(f"{key.id}  {shown}  {state}  {key.name}\n")


def revoke_key(wanted: argparse.Namespace) -> None:
    """End a key of a person's oldest workspace, or of the one that is named."""
    workspace_id = _chosen_workspace(wanted)
    if not keys.revoke(workspace_id, wanted.key):
        raise NotFound("This workspace has no such key, or it ended before.")
    _say(f"{wanted.key} is ended; API processes notice within seconds.")


def set_plan(wanted: argparse.Namespace) -> None:
    """Put a workspace on a plan."""
    workspace_id = _chosen_workspace(wanted)
    workspaces.set_plan(workspace_id, wanted.plan)
    _say(f"{workspace_id} is on plan {wanted.plan}.")


def make_operator(wanted: argparse.Namespace) -> None:
    """Let a person see and steer the whole installation, or no longer."""
    user = users.get_by_email(addresses.normal(wanted.email))
    users.set_operator(user.id, is_operator=not wanted.no)
    _say(f"{user.email} is {'no operator' if wanted.no else 'an operator'} now.")


def sign_out(wanted: argparse.Namespace) -> None:
    """End every session of a person."""
    user = users.get_by_email(addresses.normal(wanted.email))
    _say(f"{sessions.end_all(user.id)} sessions of {user.email} are ended; API processes notice within seconds.")


def unlock(wanted: argparse.Namespace) -> None:
    """Let everyone try a person's password again without waiting."""
    email = addresses.normal(wanted.email)
    _say(f"{logins.forget_account(email)} counters of {email} are forgotten.")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="run.sh admin", description="What an operator does by hand.")
    commands = parser.add_subparsers(required=True, metavar="command")
    key = commands.add_parser("create-key", help="make a secret key; makes person and workspace when they are new")
    key.add_argument("--email", required=True)
    key.add_argument("--mode", choices=("live", "test"), default="live")
    key.add_argument("--name", default="Made by an operator", help="what the key is for")
    key.add_argument("--person", help="the name of a person who is new (default: the address)")
    key.set_defaults(act=create_key)
    listed = commands.add_parser("list-keys", help="a workspace's keys")
    _add_workspace(listed)
    listed.set_defaults(act=list_keys)
    revoke = commands.add_parser("revoke-key", help="end a key")
    revoke.add_argument("key", help="its id, key_…")
    _add_workspace(revoke)
    revoke.set_defaults(act=revoke_key)
    plan = commands.add_parser("set-plan", help="put a workspace on a plan")
    _add_workspace(plan)
    plan.add_argument("--plan", choices=PLANS, required=True)
    plan.set_defaults(act=set_plan)
    operator = commands.add_parser("make-operator", help="let a person see and steer everything")
    operator.add_argument("--email", required=True)
    operator.add_argument("--no", action="store_true", help="take it back")
    operator.set_defaults(act=make_operator)
    out = commands.add_parser("sign-out", help="end every session of a person")
    out.add_argument("--email", required=True)
    out.set_defaults(act=sign_out)
    patience = commands.add_parser("unlock", help="forget wrong passwords of a person")
    patience.add_argument("--email", required=True)
    patience.set_defaults(act=unlock)
    return parser


def _beside(running: running_stack.Addresses, arguments: list[str]) -> NoReturn:
    """Start again with the bundled servers of the stack that runs on our data folder."""
    env = child_environment(DATABASE_URL=running.database_url, REDIS_URL=running.redis_url)
    os.execve(sys.executable, [sys.executable, "-m", "workers.admin", *arguments], env)  # noqa: S606 - no shell


def _add_workspace(parser: argparse.ArgumentParser) -> None:
    place = parser.add_mutually_exclusive_group(required=True)
    place.add_argument("--workspace", help="its id, ws_…")
    place.add_argument("--email", help="a member of it: the oldest workspace of this person")


def _person_name(wanted: argparse.Namespace) -> str:
    return checked_name(wanted.person or wanted.email.strip(), field="--person")


def _oldest_workspace(user: User) -> str | None:
    found = workspaces.of_user(user.id)
    return found[0].id if found else None


def _chosen_workspace(wanted: argparse.Namespace) -> str:
    if wanted.workspace is not None:
        return workspaces.get(wanted.workspace).id
    return _workspace_of(wanted.email)


def _workspace_of(email: str) -> str:
    user = users.get_by_email(addresses.normal(email))
    workspace_id = _oldest_workspace(user)
    if workspace_id is None:
        raise NotFound(f"{user.email} is in no workspace.")
    return workspace_id


def _say(sentence: str) -> None:
    sys.stderr.write(sentence + "\n")


def _refuse(sentence: str) -> int:
    _say(sentence)
    return 1


if __name__ == "__main__":
    sys.exit(main())
