"""The counter-based streams are Philox 4x64-10, as NumPy has it."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from sojourn.engine import streams

WORD = st.integers(0, 2**64 - 1)


def numpy_words(key: tuple[int, int], counter: tuple[int, int, int, int], count: int) -> np.ndarray:
    """NumPy's own Philox; it steps its counter before the first block, so start one block earlier."""
    value = sum(word << (64 * place) for place, word in enumerate(counter))
    before = (value - 1) % 2**256
    words = [(before >> (64 * place)) & (2**64 - 1) for place in range(4)]
    generator = np.random.Philox(key=np.array(key, np.uint64), counter=np.array(words, np.uint64))
    return generator.random_raw(count)


@settings(max_examples=50, deadline=None)
@given(
    key=st.tuples(WORD, WORD),
    step=st.integers(0, 10**6),
    component=WORD,
    group=WORD,
    decision=st.integers(0, 10**6),
)
def test_words_equal_numpy(key, step, component, group, decision):
    stream = np.zeros(12, np.uint64)
    streams.open_stream(stream, np.uint64(key[0]), np.uint64(key[1]), np.uint64(component), np.uint64(group), step)
    streams.seek(stream, decision)
    ours = [int(streams.next_word(stream)) for _ in range(11)]
    expected = numpy_words(key, (decision << 20, step, component, group), 11)
    assert ours == [int(word) for word in expected]


def test_uniform_is_open_and_flat():
    stream = np.zeros(12, np.uint64)
    streams.open_stream(stream, np.uint64(1), np.uint64(2), np.uint64(3), np.uint64(4), 5)
    draws = np.array([streams.next_uniform(stream) for _ in range(20_000)])
    assert 0.0 < draws.min() and draws.max() < 1.0
    counts, _ = np.histogram(draws, bins=20, range=(0, 1))
    chi2 = ((counts - 1000.0) ** 2 / 1000.0).sum()
    assert chi2 < 43.8  # 99.9 % point of chi-square with 19 degrees of freedom


def test_component_keys_differ_and_stay():
    assert streams.component_key("stage/border") != streams.component_key("stage/court")
    assert streams.component_key("stage/border") == streams.component_key("stage/border")
