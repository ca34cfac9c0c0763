"""The guarded actions: one file each, with its guards, its consequences and the check of its outcome.

    attempt        an action as it is attempted: the input of every guard
    row            the types Guard, Verdict and GuardedAction
    shared_guards  the guards that every action has
    table          every action, the verdicts of its guards, and whether it may be done

To add an action: its name in `console.model.action_names`, its file here with a line in `table`, and its request in
each make that can do it.

A hard guard that fails always blocks the action. A soft guard that fails needs the operator's confirmation and a
reason, and both are recorded. A guard returns `None` when it passes, else the reason why it fails. It also fails when
it cannot tell: a fact that is old or missing does not count.
"""
