"""The collector silences by plan before a message is sent; a console that watches leaves it to the collector."""

from console.collector.silencing import Silencer
from console.insight.alarms.plan_text import parse_plan, plan_detail
from console.model.observations import Observation, OperatorAction
from console.model.picture import OWN
from console.notify.decide import Message
from console.notify.notifier import Notifier
from console.state.store import PictureStore
from tests.console.notify.test_decide import CONFLICT, conflict, rule
from tests.console.scenes import NOW, PAIR, ZONE, empty


def test_what_a_plan_silences_is_not_sent() -> None:
    kept: list[Observation] = []
    store = PictureStore(empty(), lambda: NOW, ZONE, kept.append)
    plan = parse_plan("works", f"now to 1h; pair {PAIR}; new cable", NOW, ZONE, {PAIR: "production"})
    store.observe(OperatorAction(NOW, OWN, "jo", "plan-silence", "works", plan_detail(plan, NOW)))
    collects = False
    silencer = Silencer([], store, lambda: collects)
    notifier = Notifier([rule()], store, lambda: collects, before=silencer.silence_due)
    sent: list[Message] = []
    notifier.sender.send = lambda message: not sent.append(message)  # type: ignore[method-assign, func-returns-value]
    store.observe(conflict())
    silencer.silence_due()
    assert not store.pair(PAIR).alarms[CONFLICT].suppressed, "it does not collect"
    collects = True
    notifier.send_due()
    assert sent == []
    assert store.pair(PAIR).alarms[CONFLICT].suppressed_by == "jo"
    assert [each.action for each in kept if isinstance(each, OperatorAction)] == ["plan-silence", "suppress"]
