import math
from dataclasses import replace

import pytest

from rigwright.catalog.tables import by_id
from rigwright.plan.ask.software import software_of
from rigwright.predict import parallel
from rigwright.predict.parallel import Layout, layout_of, ring
from rigwright.spec.errors import InputError
from rigwright.spec.parts import Chip
from rigwright.spec.run import Machine, Run
from rigwright.workload import decoder

CHIP = by_id(Chip)["a100-sxm4-80-gb"]
GPT = decoder.find("gpt-h8192-l48-a64")
RUN = Run(model="gpt-h8192-l48-a64", batch=1536, seq_len=2048, precision="fp16")
NODES = Machine(chip=CHIP, gpu_count=512, gpu_link="nvlink")


def test_gpus_are_divided_and_the_rest_is_data_parallel():
    run = replace(RUN, tensor_parallel=8, pipeline_parallel=2, micro_batch=3)
    assert layout_of(GPT, run, NODES) == Layout(8, 2, 32, 3, 16, 8)


def test_without_micro_batch_a_group_takes_its_share_at_once_but_pipelines_one_by_one():
    assert layout_of(GPT, RUN, NODES).micro_batch == 3  # 1536 / 512
    piped = layout_of(GPT, replace(RUN, pipeline_parallel=16), NODES)
    assert (piped.micro_batch, piped.micro_batches) == (1, 48)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"tensor_parallel": 3}, "divisor of 512"),
        ({"tensor_parallel": 128}, "divisor of 64 .attention heads"),
        ({"pipeline_parallel": 64}, "at most 48 .layers"),
        ({"pipeline_parallel": 0}, "pipeline_parallel"),
        ({"micro_batch": 0}, "micro_batch"),
        ({"micro_batch": -1}, "micro_batch"),
        ({"batch": 0}, "batch"),
        ({"sharding": "zero4"}, "zero3"),
    ],
)
def test_a_layout_that_does_not_divide_is_named(change, words):
    with pytest.raises(InputError, match=words):
        layout_of(GPT, replace(RUN, **change), NODES)


def test_nodes_of_eight_unless_the_machine_says_so():
    assert parallel.nodes_of(NODES) == 64
    assert parallel.nodes_of(replace(NODES, gpu_count=10)) == 1
    assert parallel.nodes_of(replace(NODES, nodes=8)) == 8
    with pytest.raises(InputError, match="nodes"):
        parallel.nodes_of(replace(NODES, nodes=3))


def test_a_shard_keeps_the_stream_whole_and_the_shards_make_the_model():
    part = GPT.shared(8)
    assert part.hidden == GPT.hidden and part.layers == GPT.layers
    for name in ("heads", "kv_heads", "inner_width", "vocab"):
        assert 8 * getattr(part, name) == getattr(GPT, name)
    inside = GPT.parameters - GPT.embedding_parameters
    of_part = part.parameters - part.embedding_parameters
    assert 8 * of_part == pytest.approx(inside, rel=2e-3)  # norms and output biases are on all


def test_a_ring_inside_a_node_uses_the_link_and_one_across_shares_the_network():
    layout = Layout(8, 1, 64, 1, 1, 8)
    beside = ring(NODES, layout, 8, 1)
    assert beside.bus == parallel.bus_bytes_per_s(NODES, 8) and beside.network == math.inf
    # Eight rings, one per tensor-parallel rank, pass through every node.
    across = ring(NODES, layout, 64, 8)
    assert across.network == pytest.approx(parallel.network_bytes_per_s(NODES) / 8)
    assert across.bus == math.inf  # no two of its ranks share a node
    whole = ring(NODES, replace(layout, tensor=1, data=512), 512, 1)
    assert whole.network == pytest.approx(parallel.network_bytes_per_s(NODES))


def test_a_ring_of_one_takes_no_time_and_a_long_one_almost_the_tensor():
    assert ring(NODES, Layout(1, 1, 1, 1, 1, 8), 1, 1).seconds(1e9) == (0.0, 0.0)
    long = ring(NODES, Layout(1, 1, 512, 1, 1, 8), 512, 1)
    assert long.seconds(1e9)[1] == pytest.approx(1e9 * 511 / 512 / long.network)


def test_stages_in_one_node_do_not_use_the_network():
    inside = parallel.neighbours(replace(NODES, gpu_count=8), Layout(1, 4, 2, 1, 1, 8))
    across = parallel.neighbours(NODES, Layout(8, 4, 16, 1, 1, 8))
    assert inside.network == math.inf and across.bus == math.inf


def test_the_assumed_network_is_that_of_published_clusters():
    # llm-foundry's README: A100 nodes with 1600 Gbit/s between them.
    assert parallel.network_bytes_per_s(NODES) * 8 == pytest.approx(1600e9, rel=0.02)
    given = replace(NODES, network_bytes_per_s=12.5e9)
    assert parallel.network_bytes_per_s(given) == 12.5e9


def test_megatron_divides_experts_among_gpus_of_a_node_and_others_do_not():
    config = decoder.find("qwen3-30b-a3b")
    run = Run(model="qwen3-30b-a3b", batch=512, seq_len=4096, software=software_of("megatron"))
    machine = Machine(chip=CHIP, gpu_count=64, gpu_link="nvlink")
    split = replace(run, tensor_parallel=2)
    for layout, ranks in ((layout_of(config, run, machine), 8),
                          (layout_of(config, split, machine), 4)):  # fmt: skip
        assert parallel.expert_ranks(config, run, layout) == ranks
        assert (
            parallel.expert_ranks(config, replace(run, software=software_of("FSDP")), layout) == 1
        )
    assert parallel.expert_ranks(GPT, run, layout_of(GPT, RUN, NODES)) == 1
