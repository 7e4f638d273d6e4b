"""*consult*: the configured model reads each answer once; what it replies is kept, and *judge* makes of it what it can.

The place, the money and the tokens of a call are reserved before it is made and settled with its reply, so a reply that is
stored is never paid for again, whatever dies. Waits become delays, through the model's gate of all who ask it. When the
model cannot be asked, the rules judge alone and the judgement says why: nothing of a scan fails for want of a model.
"""

from __future__ import annotations

import random
import time
from collections.abc import Sequence
from datetime import timedelta

from msgspec import Struct

from pipelines.clients.llm import CHARACTERS_PER_TOKEN
from pipelines.clients.llm_once import ask_once
from pipelines.clients.llm_wire import Whole
from pipelines.clients.platforms.faults import PlatformError
from pipelines.engine.context import Context
from pipelines.engine.outcomes import Outcome, TryAgain
from pipelines.perception import consulting, costs
from pipelines.perception.judge.judging import judged, read_answer
from pipelines.perception.judge_model import MAX_REPLY_TOKENS, BadReply, Request, read_reply, request_of, why_not
from pipelines.perception.pipeline import REJUDGE, EarlyInput
from pipelines.perception.records import BrandFacts
from pipelines.perception.stages.current import scan_of
from pipelines.pricing import Tokens
from store.kit import log, structs
from store.kit.settings import settings
from store.perception import answers, consultations, gates, scans
from store.perception.scans import ScanNow
from store.perception.tables import Answer

logger = log.get("pipelines.perception.consult")
CALLS_A_TASK = 4  # answers of one task: each call may take `llm.timeout_seconds`
MOST_CALLS = 4  # about one answer in one job, before the rules judge it alone
MOST_LOST = 2  # of these when the last one may have been paid for
LONGEST_SPELL_SECONDS = 240.0  # after so long the next call is left to a new turn
FIRST_WAIT_SECONDS = 1.0  # doubled for each call that failed, with jitter
LONGEST_WAIT_SECONDS = 120.0  # a server that asks for more is not waited for
AWAY_SECONDS = 60.0  # how long nobody asks a model that could not be asked again and again
ELSEWHERE_SECONDS = 1.0  # until we look again whether another job's call has ended
LOST_AFTER_SECONDS = 5.0  # more than a call may take, and its reply is not coming


class Question(Struct, frozen=True):
    """What is asked about which answer."""

    answer: Answer
    request: Request


class GaveUp(Exception):
    """There will be no reply about this answer in this job."""

    def __init__(self, code: str, message: str, *, is_paid: bool = False, whole: Whole | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.is_paid = is_paid  # perhaps: what was reserved for it stays spent
        self.whole = whole  # what was paid for and is of no use


def run(ctx: Context) -> Outcome:
    """Have the part's answers read."""
    return Outcome(output={"asked": _consult(ctx, scan_of(ctx), ctx.part["answerIds"])})


def early(ctx: Context) -> Outcome:
    """Have those read that came while the scan goes on asking; nothing more of a scan that was cancelled meanwhile."""
    wish = structs.convert(ctx.input, EarlyInput)
    scan = scans.get(ctx.workspace_id, wish.scan_id)
    return Outcome(output={"asked": 0 if scan.is_over else _consult(ctx, scan, wish.answer_ids)})


def _consult(ctx: Context, scan: ScanNow, answer_ids: Sequence[str]) -> int:
    """How many calls were made. Raises TryAgain when one has to wait."""
    model = consulting.model()
    if model is None:  # switched off while this waited
        return 0
    facts, began, asked = structs.convert(scan.facts, BrandFacts), time.monotonic(), 0
    for answer in answers.many(ctx.workspace_id, answer_ids):
        ctx.check()
        question = _question(answer, facts, model)
        if question is None:
            continue
        if time.monotonic() - began > LONGEST_SPELL_SECONDS:
            raise TryAgain(timedelta(0), "its calls took long")
        asked += _Asking(ctx, scan, question, model).ask()
    return asked


def _question(answer: Answer, facts: BrandFacts, model: str) -> Question | None:
    """None for an answer that no model is asked about: it does not count, is the sandbox's, or the rules know enough."""
    if answer.state != "valid" or answer.sandbox:
        return None
    read = read_answer(facts, answer.text, question=answer.prompt.text)
    if why_not(read, judged(read)) is not None:
        return None
    return Question(answer, request_of(read, model))


class _Asking:
    """One question at work."""

    def __init__(self, ctx: Context, scan: ScanNow, question: Question, model: str) -> None:
        self.ctx = ctx
        self.scan = scan
        self.request = question.request
        self.answer_id = question.answer.id
        self.model = model
        self.gate = consulting.gate(model)
        self.calls = 0

    def ask(self) -> bool:
        """Whether a call was made. Raises TryAgain."""
        with self.ctx.transaction():
            try:
                is_next = self._begin()
            except GaveUp as reason:
                self._give_up(reason)
                return False
        if is_next:
            try:
                self._call()
            except GaveUp as reason:
                self._give_up(reason)
        return is_next

    def _begin(self) -> bool:
        """Reserve the call, in the caller's transaction; False when there is a reply, or none to come. Raises TryAgain."""
        held = consultations.lock(
            self.ctx.workspace_id,
            self.answer_id,
            self.request.key,
            scan_id=self.scan.id,
            model=self.model,
            seconds=settings().llm.timeout_seconds + LOST_AFTER_SECONDS,
        )
        if held is None or held.state == "kept":
            return False
        is_mine, is_open = held.job_id == self.ctx.job_id, held.state == "asking"
        if held.state == "failed" and (is_mine or (held.is_paid and self.ctx.pipeline.name != REJUDGE.name)):
            return False  # what was paid for in vain is tried anew only when somebody wants it judged anew
        if is_open and not is_mine and held.is_young:
            raise TryAgain(timedelta(seconds=ELSEWHERE_SECONDS), "another job asks the same")
        if is_open and settings().perception.lost_call == "leave":
            raise GaveUp("outcome_unknown", "A worker died before it could store the reply.", is_paid=True)
        self.calls = held.calls if is_mine else 0
        if self.calls >= MOST_CALLS:
            raise GaveUp("too_many_calls", "The model was asked often enough.", is_paid=is_open)
        self._check_gate()
        self._reserve()
        self.calls += 1
        return True

    def _give_up(self, reason: GaveUp) -> None:
        logger.warning("judge.without_model", scan_id=self.scan.id, code=reason.code, detail=reason.message)
        tokens, cost = (None, None) if reason.is_paid else (0, 0)
        if reason.whole is not None:
            tokens, cost = self._paid(reason.whole)
        consultations.fail(
            self.ctx.workspace_id,
            self.answer_id,
            self.request.key,
            job_id=self.ctx.job_id,
            error={"code": reason.code, "message": reason.message},
            tokens=tokens,
            cost_nano=cost,
        )

    def _check_gate(self) -> None:
        gate = gates.look(self.gate)
        if gate.paused_seconds:
            code = gate.reason or "paused"
            raise GaveUp(code, f"The model is not asked at the moment: {code}.")
        if not gate.granted:
            raise TryAgain(timedelta(seconds=gate.wait_seconds * random.uniform(1.0, 1.1)), "the model asked to wait")

    def _reserve(self) -> None:
        expected = self._expected()
        refused = consultations.begin(
            self.ctx.workspace_id,
            self.answer_id,
            self.request.key,
            job_id=self.ctx.job_id,
            scan_id=self.scan.id,
            estimate_nano=costs.of_model(expected) or 0,
            estimate_tokens=expected.input_tokens + expected.output_tokens,
            cap_nano=self.scan.max_spend_nano,
            token_budget=settings().perception.judge_tokens or None,
        )
        if refused == "spend_limit":
            raise GaveUp(refused, "What the scan may spend is spent or reserved.")
        if refused == "token_budget":
            raise GaveUp(refused, "The tokens that the model may use for the scan are used or reserved.")

    def _expected(self) -> Tokens:
        characters = len(self.request.system) + len(self.request.prompt)
        return Tokens(input_tokens=characters // CHARACTERS_PER_TOKEN, output_tokens=MAX_REPLY_TOKENS)

    def _call(self) -> None:
        try:
            whole = ask_once(
                self.request.system,
                self.request.prompt,
                self.request.schema,
                key=f"{self.answer_id}-{self.request.key[:16]}",
                max_tokens=MAX_REPLY_TOKENS,
                cancelled=self.ctx.cancelled,
            )
        except PlatformError as error:
            self.ctx.check()
            self._failed(error)
            return
        if whole.trouble is not None:
            raise GaveUp(whole.trouble, "The model's reply is of no use.", whole=whole)
        try:
            read_reply(whole.value)
        except BadReply:
            raise GaveUp("bad_answer", "The model's reply has not the shape that was asked for.", whole=whole) from None
        tokens, cost = self._paid(whole)
        # Not under the lease: a reply that was paid for is kept whoever holds the task by now; the first one stays.
        consultations.keep(
            self.ctx.workspace_id, self.answer_id, self.request.key, reply=whole.value, tokens=tokens, cost_nano=cost
        )

    def _paid(self, whole: Whole) -> tuple[int, int | None]:
        """(tokens, nano-dollars) of a call; a server that counts no tokens is taken to have used what was expected."""
        used = whole.used if whole.used.input_tokens else self._expected()
        return used.input_tokens + used.output_tokens, costs.of_model(used)

    def _failed(self, error: PlatformError) -> None:
        """A call brought no reply. Raises TryAgain or GaveUp."""
        logger.info("model.failed", verdict=error.verdict, code=error.code, calls=self.calls)
        is_lost = error.verdict == "lost"
        if not is_lost:
            consultations.give_back(self.ctx.workspace_id, self.answer_id, self.request.key)
        again = error.verdict in ("wait", "retry") or (is_lost and settings().perception.lost_call == "again")
        most = MOST_LOST if is_lost else MOST_CALLS
        after = error.after or timedelta(seconds=FIRST_WAIT_SECONDS * 2 ** (self.calls - 1))
        if again and self.calls < most and after.total_seconds() <= LONGEST_WAIT_SECONDS:
            if error.verdict == "wait":
                gates.block(self.gate, after.total_seconds())
            # A little later than asked for, and not all at once.
            raise TryAgain(after * random.uniform(1.0, 1.1) + timedelta(milliseconds=20), error.message)
        if error.verdict == "pause" or error.code == "not_found":
            rest = error.after.total_seconds() if error.after else settings().platforms.pause_seconds
            gates.pause(self.gate, rest, error.code)
        elif again:  # it was tried often enough; the others need not all find that out
            gates.pause(self.gate, max(after.total_seconds(), AWAY_SECONDS), error.code)
        raise GaveUp(error.code, error.message, is_paid=is_lost)
