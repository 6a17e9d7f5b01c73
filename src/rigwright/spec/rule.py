"""What a compatibility rule is; the rules themselves live in ``rigwright.fit``."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from rigwright.spec.build import Build, Finding, Severity

Type = Literal["pair", "budget"]
NOT_PARTS = frozenset({"build", "circuit", "chip"})
"""What a rule may read besides parts; a chip is part of its card."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One claim about a build, written once; ``check``, its cases and ``choose`` all ask it.

    id : stable name, as in ``rigwright check --cases``.
    claim : one line that is true when the verdict is ok.
    type : ``pair`` (attributes of two kinds of part) or ``budget`` (sum of demands within supply).
    severity : what it costs when the claim is false; see ``Finding``.
    reads : for every kind of part (or ``circuit``, ``build``) the attributes that decide; nothing
        else of a part may change the verdict, so equal attributes mean an equal verdict.
    needs : kinds that must be present for the rule to apply at all.
    check : build -> finding, or None when the rule does not apply. It says all there is to say:
        nobody corrects a finding afterwards. With ``graded=False`` an unknown weighs its most.
    source : where the limit is printed.
    burdens : optional kinds (not in ``needs``) of which one part more can only make things worse: a
        conflict found without such a part stays one with it. ``choose`` gives up a branch earlier
        where it is declared; leaving it empty costs time, never the right answer.
    supplies : kinds of which there may be several and one more part may help. Any other one more
        only asks for more, so that a line nobody understood takes no conflict back.
    absence : the claim is false because nothing is there, which half a list does not prove.
    slotted : cards are taken to sit in the board's own slots, which risers make uncertain.
    firm : the design of a new machine accepts no warning either: it costs little to buy it right.
    named : what of ``reads`` the rule itself asks for; the rest only tells how much an unknown
        weighs. Empty = all of it.
    """

    id: str
    claim: str
    type: Type
    severity: Severity
    reads: Mapping[str, tuple[str, ...]]
    needs: tuple[str, ...]
    check: Callable[..., Finding | None]
    source: str
    burdens: tuple[str, ...] = ()
    supplies: tuple[str, ...] = ()
    absence: bool = False
    slotted: bool = False
    firm: bool = False
    named: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def decided_by(self) -> Mapping[str, tuple[str, ...]]:
        """The attributes that decide the verdict, however much it weighs."""
        return self.named or self.reads

    def settled(self, build: Build) -> bool:
        """Whether all parts it reads run together today: they can be built, whatever is known.

        What is not there proves nothing: a rule on absence is never settled.
        """
        if not build.runs or self.absence:
            return False
        parts = Counter(
            part.id for kind in self.reads if kind not in NOT_PARTS for part in build.of(kind)
        )
        return bool(parts) and parts <= Counter(build.runs)
