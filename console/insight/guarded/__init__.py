"""The guarded actions: one file each, with its guards, its consequences and how its outcome is seen.

    attempt     an action as it is attempted: all that a guard may look at
    row         what a guard, its verdict and an action are
    common      the guards that every action has
    table       every action, their verdicts, and what these mean for going on

Adding an action: its name in `console.model.action_names`, its file here with a line in `table`, and its request in
each make that can do it.

A hard guard that fails blocks, always. A soft guard that fails asks for the operator's word and a reason, which are
recorded. A guard answers `None` when it holds and the reason when it does not. What a guard cannot tell it refuses: a
fact that is old or missing is no fact.
"""
