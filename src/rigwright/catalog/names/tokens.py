"""The words by which an imported part is found without reading its whole kind."""

from rigwright.catalog.names.claims import claims_of

LONGEST = 80


def tokens(text: str) -> frozenset[str]:
    """Words, codes and stated specifications of a line or a catalogue name.

    Specifications are marked (``=2x16``) so that a number among the words is another token.
    """
    claims = claims_of(text)
    found = {word[:LONGEST] for word in claims.words | claims.codes}
    if claims.modules is not None and claims.module_gb is not None:
        found.add(f"={claims.modules}x{claims.module_gb:g}")
    measures = (claims.mt_s, claims.cas, claims.watts, claims.rpm, claims.radiator_mm)
    told = zip(("mt", "cl", "w", "rpm", "mm"), measures, strict=True)
    found |= {f"={value:g}{unit}" for unit, value in told if value is not None}
    return frozenset(found | {f"={gb:g}gb" for gb in claims.capacities_gb})
