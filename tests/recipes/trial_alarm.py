"""Uses the alarm that tests/recipes/test_alarm.py added to the copy, and prints what it finds."""

from dataclasses import replace

from console.insight.alarms.judging import undecided
from console.insight.alarms.table import documented
from console.insight.fold import fold_all
from console.model.observations import PollAnswer
from console.settings.notify import NotifySettings
from tests.console.scenes import BACKUP, MAIN, NOW, PAIR, answer, log, picture

KIND = "balancing-differs"
ALARM = f"{PAIR}/{KIND}/pair"


def incomplete(server: str) -> PollAnswer:
    """An answer without the fact that the alarm needs."""
    whole = answer(server)
    return replace(whole, facts=replace(whole.facts, load_balancing=None))


def main() -> None:
    """Raise the alarm, count it, clear it; leave its fact out; find it in the settings and in the documentation."""
    found = picture(answer(MAIN, load_balancing=True), answer(BACKUP))
    alarm = found.pairs[PAIR].alarms[ALARM]
    print(f"raised by a poll: {alarm.severity}, {alarm.text}")
    found = fold_all(found, [log("19999", "load balancing differs", at=NOW + 1)])
    alarm = found.pairs[PAIR].alarms[ALARM]
    print(f"counted by the log: {alarm.count} reports from {', '.join(sorted(alarm.sources))}")
    found = fold_all(found, [answer(MAIN, NOW + 5), answer(BACKUP, NOW + 5)])
    print(f"cleared by a poll: {found.pairs[PAIR].alarms[ALARM].cleared is not None}")
    whole, partial = picture(answer(MAIN), answer(BACKUP)), picture(incomplete(MAIN), answer(BACKUP))
    able = [undecided(each.pairs[PAIR], NOW) is None for each in (whole, partial)]
    print(f"it can tell: {able[0]}; without the fact: {able[1]}")
    notify = NotifySettings.model_validate({"name": "pager", "url": ["json://host"], "kinds": [KIND]})
    print(f"accepted in [[notify]] kinds: {notify.kinds == (KIND,)}")
    print(next(line for line in documented().splitlines() if KIND in line))


if __name__ == "__main__":
    main()
