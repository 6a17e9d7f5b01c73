import pytest

from rigwright.plan.ask.datasets import Job, data_of, job_of, known_set, known_sets, row_job
from rigwright.plan.ask.goal import parse_goal
from rigwright.plan.ask.questions import row_of, run_of
from rigwright.spec.data import DATA, FORMATS, LIES, PICTURES, TEXTS
from rigwright.spec.errors import InputError

PICTURE = {"model": "resnet50"}
RUN = run_of(PICTURE)
OWN = {"data_items": 1000, "item_bytes": 5000}


def goal(**data):
    return parse_goal({"workload": PICTURE, "budget": {"usd": 1000}, "data": data}, "goal.toml")


# -- well-known sets -----------------------------------------------------------------------
@pytest.mark.parametrize("row", known_sets().values(), ids=lambda row: row.name)
def test_a_known_set_has_all_that_its_format_needs(row):
    assert row.format in FORMATS and row.lies in LIES
    assert row.items > 0 and row.total_bytes > 0 and row.usual_epochs >= 1
    assert (row.item_pixels is not None) == (row.format in PICTURES), row.name
    assert (row.item_tokens is not None) == (row.format in TEXTS), row.name
    size = row.total_bytes / row.items
    if row.format == "raw":
        assert size == pytest.approx(3 * row.item_pixels, rel=0.01) or row.name == "mnist"
    if row.format == "jpeg":
        assert 0.05 < size / row.item_pixels < 1, "bytes a pixel of a JPEG"
    if row.format == "tokens":
        assert size / row.item_tokens == pytest.approx(2, rel=0.02), "bytes a token"
    if row.format == "text":
        assert 2 < size / row.item_tokens < 9, "bytes a token of text"


def test_no_name_is_two_sets_and_every_name_finds_its_own():
    words = [w for row in known_sets().values() for w in (row.name, *row.also)]
    plain = ["".join(c for c in w.lower() if c.isalnum()) for w in words]
    assert len(set(plain)) == len(plain)
    for row in known_sets().values():
        for word in (row.name, *row.also, row.name.upper(), row.name.replace("-", "_")):
            assert known_set(word) is row


def test_imagenet_has_its_published_size():
    data = data_of({"data": "ImageNet"}, RUN, "run")
    assert (data.name, data.items, data.epochs) == ("imagenet-1k", 1_281_167, 90)
    assert data.bytes == pytest.approx(138e9)


# -- what is said --------------------------------------------------------------------------
def test_nothing_said_is_no_data():
    for said in ({}, {"data": ""}, {"data": None, "epochs": None}, {"decoder": "pillow"}):
        assert job_of(said, RUN, "run") == Job()
    assert goal().job() == Job()


def test_what_is_said_goes_over_what_is_known():
    data = data_of({"data": "imagenet-1k", "epochs": 3, "data_lies": "webdataset"}, RUN, "run")
    assert (data.epochs, data.lies, data.items) == (3, "packed", 1_281_167)
    own = data_of(OWN | {"decoder": "cv2", "workers": "8"}, RUN, "run")
    assert (own.decoder, own.workers, own.items, own.item_bytes) == ("opencv", 8, 1000, 5000)
    assert (own.format, own.lies, own.epochs) == ("jpeg", "files", 1)


@pytest.mark.parametrize("q", DATA, ids=lambda q: q.name)
def test_every_key_reaches_the_data_from_a_flat_question_and_from_a_goal(q):
    value = "coco-2017" if q.name == "data" else q.choices[-1] if q.choices else 7
    said = OWN | {q.name: value}
    by_field = {found.field: said[found.name] for found in DATA if found.name in said}
    flat = data_of(said, RUN, "run")
    assert getattr(flat, q.field) == value
    assert goal(**by_field).job().data == flat
    assert row_job(said, row_of(PICTURE)[0]) == (Job(flat), ())


# -- what is wrong -------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("said", "word"),
    [
        ({"data": "imagnet-1k"}, "imagenet-1k"),
        ({"data": "qqqq"}, "items and item_bytes"),
        ({"data_items": 100}, "no item_bytes"),
        ({"item_bytes": 100}, "no items"),
        ({"epochs": 5}, "no items"),
        ({"data_items": -3, "item_bytes": 100}, "data_items"),
        ({"data_items": 3, "item_bytes": "many"}, "item_bytes"),
        ({"data_items": 10**14, "item_bytes": 1}, "at most"),
        (OWN | {"data_format": "gif"}, "jpeg"),
        (OWN | {"decoder": "paint"}, "pillow"),
    ],
)
def test_a_set_without_sizes_and_bad_words_are_told_in_one_line(said, word):
    with pytest.raises(InputError, match=word) as error:
        job_of(said, RUN, "predict")
    assert "\n" not in str(error.value) and "predict: " in str(error.value)


@pytest.mark.parametrize(
    "data",
    [{"name": "qqqq"}, {"items": 5}, {"items": -5, "item_bytes": 1}, {"nmae": "imagenet"},
     {"name": "coco", "format": "gif"}],
)  # fmt: skip
def test_a_goal_says_the_same(data):
    with pytest.raises(InputError, match=r"goal\.toml: data") as error:
        goal(**data)
    assert "\n" not in str(error.value)


def test_served_models_read_no_set():
    serve = run_of({"model": "llama-3-8b", "mode": "decode"})
    with pytest.raises(InputError, match=r"data: got 'alpaca'.*leave it out"):
        data_of({"data": "alpaca"}, serve, "predict")
    with pytest.raises(InputError, match=r"goal\.toml: data"):
        parse_goal({"workload": {"model": "llama-3-8b", "mode": "decode"}, "budget": {"usd": 9},
                    "data": {"name": "alpaca"}}, "goal.toml")  # fmt: skip


@pytest.mark.parametrize(
    ("model", "name", "word"),
    [("gpt2", "imagenet", "reads no pictures"), ("llama-3-8b", "coco", "reads no pictures"),
     ("resnet50", "alpaca", "reads no texts"), ("vit_base_patch16_224", "c4", "reads no texts")],
)  # fmt: skip
def test_pictures_are_for_models_that_see_and_texts_for_those_that_read(model, name, word):
    with pytest.raises(InputError, match=word):
        data_of({"data": name}, run_of({"model": model}), "run")


def test_a_set_without_a_format_is_what_the_model_reads():
    assert data_of(OWN, RUN, "run").format == "jpeg"
    assert data_of(OWN, run_of({"model": "gpt2"}), "run").format == "text"


def test_in_a_table_what_is_wrong_is_a_note():
    run, _ = row_of(PICTURE)
    for said in ({"data": "qqqq"}, {"epochs": 9}, OWN | {"data_format": "gif"}):
        job, notes = row_job(said, run)
        assert len(notes) == 1 and notes[0].startswith("not used: line: "), said
        assert job.data is None or job.data.format == "jpeg"
