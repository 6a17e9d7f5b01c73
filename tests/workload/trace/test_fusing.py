"""Which tensors a compiled step still moves."""

from __future__ import annotations

from rigwright.workload.trace.fusing import Flow, compiled


def part(line: int, name: str) -> tuple[tuple[str, int], int]:
    """Identity of a whole tensor that ``line`` wrote."""
    return ((name, line), 0)


def chain(*kinds: str) -> list[Flow]:
    """Lines that each read what the line before wrote; the first reads the input."""
    flows = []
    for i, kind in enumerate(kinds):
        reads = [(i - 1, part(i - 1, "t"))] if i else [(-1, part(-1, "x"))]
        flows.append(Flow(kind, 0, reads, [("t", i)]))
    return flows


def test_neighbours_that_stream_become_one_kernel() -> None:
    first, second, third = compiled(chain("norm", "elementwise", "cast"))
    assert (first.reads, first.writes, first.joined) == ([True], [False], False)
    assert (second.reads, second.writes, second.joined) == ([False], [False], True)
    assert (third.reads, third.writes, third.joined) == ([False], [True], True)


def test_a_library_call_ends_the_kernel() -> None:
    kept = compiled(chain("elementwise", "gemm", "elementwise"))
    assert all(k.reads == [True] and k.writes == [True] and not k.joined for k in kept)


def test_a_finished_reduction_is_waited_for() -> None:
    # x -> mean -> x * mean: the product cannot start before the mean is known, so x is read twice.
    flows = chain("reduction")
    flows.append(Flow("elementwise", 0, [(-1, part(-1, "x")), (0, part(0, "t"))], [("t", 1)]))
    mean, product = compiled(flows)
    assert mean.writes == [True]
    assert product.reads == [True, True] and not product.joined


def test_a_tensor_read_twice_in_a_kernel_moves_once() -> None:
    flows = chain("elementwise")
    again = [(0, part(0, "t")), (-1, part(-1, "x"))]
    flows.append(Flow("elementwise", 0, again, [("t", 1)]))
    assert compiled(flows)[1].reads == [False, False]


def test_what_only_the_backward_pass_reads_is_computed_again() -> None:
    flows = chain("elementwise", "elementwise")
    flows.append(Flow("elementwise", 1, [(0, part(0, "t"))], [("g", 2)]))
    forward, _, backward = compiled(flows)
    assert forward.writes == [False]
    assert backward.reads == [True]
