"""The counter-based streams are Philox 4x64-10, as NumPy has it."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numba import njit

from sojourn.compile.priors import prior_uniform
from sojourn.engine import streams

WORD = st.integers(0, 2**64 - 1)


def numpy_words(key: tuple[int, int], counter: tuple[int, int, int, int], count: int) -> np.ndarray:
    """NumPy's own Philox; it steps its counter before the first block, so start one block earlier."""
    value = sum(word << (64 * place) for place, word in enumerate(counter))
    before = (value - 1) % 2**256
    words = [(before >> (64 * place)) & (2**64 - 1) for place in range(4)]
    generator = np.random.Philox(key=np.array(key, np.uint64), counter=np.array(words, np.uint64))
    return generator.random_raw(count)


@njit
def words(seed, replicate, component, group, step, decision, count):
    stream = np.zeros(12, np.uint64)
    streams.open_stream(stream, seed, replicate, component, group, step)
    streams.seek(stream, decision)
    out = np.empty(count, np.uint64)
    for i in range(count):
        out[i] = streams.next_word(stream)
    return out


@njit
def uniforms(component, count):
    stream = np.zeros(12, np.uint64)
    streams.open_stream(stream, 1, 2, component, 0, 0)
    out = np.empty(count)
    for i in range(count):
        out[i] = streams.next_uniform(stream)
    return out


@settings(max_examples=50, deadline=None)
@given(
    key=st.tuples(WORD, WORD),
    step=st.integers(0, 10**6),
    component=WORD,
    group=WORD,
    decision=st.integers(0, 10**6),
)
def test_words_equal_numpy(key, step, component, group, decision):
    ours = words(*(np.uint64(x) for x in (*key, component, group)), step, decision, 11)
    expected = numpy_words(key, (decision << 20, step, component, group), 11)
    assert np.array_equal(ours, expected)


def test_uniform_is_open_and_flat():
    draws = uniforms(np.uint64(3), 20_000)
    assert 0.0 < draws.min() and draws.max() < 1.0
    counts, _ = np.histogram(draws, bins=20, range=(0, 1))
    chi2 = ((counts - 1000.0) ** 2 / 1000.0).sum()
    assert chi2 < 43.8  # 99.9 % point of chi-square with 19 degrees of freedom


def test_component_keys_differ_and_stay():
    assert streams.component_key("stage/border") != streams.component_key("stage/court")
    assert streams.component_key("stage/border") == streams.component_key("stage/border")


def test_priors_draw_from_the_same_streams():
    key = np.uint64(streams.component_key("quantity/share-admitted"))
    assert prior_uniform(1, 2, "share-admitted") == uniforms(key, 1)[0]
