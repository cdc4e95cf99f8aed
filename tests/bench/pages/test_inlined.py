import json
import math

from flopwatt.bench.pages.inlined import json_text, picture_scripts, script_hash, script_text
from flopwatt.bench.pictures.picture import Slider


def test_json_says_the_same_without_a_character_that_could_end_a_script() -> None:
    value = {"</script><!--": ["<&>\u2028\u2029", 1.5, None, True]}
    text = json_text(value)
    assert json.loads(text) == value
    assert not set(text) & set("<>&\u2028\u2029")


def test_numbers_that_are_not_finite_are_null_in_json() -> None:
    assert json_text({"values": (1.0, math.nan, math.inf)}) == '{"values":[1.0,null,"inf"]}'


def test_dataclasses_and_numbers_of_numpy_have_a_place_in_json() -> None:
    import numpy as np

    written = json.loads(json_text([Slider("a", "b", ("c",)), np.float64(2.5), np.int64(3)]))
    assert written == [{"signal": "a", "label": "b", "points": ["c"], "start": 0}, 2.5, 3]


def test_a_script_cannot_end_its_element_and_has_the_line_ends_that_browsers_read() -> None:
    assert script_text("a = '</SCRIPT><!--'\r\nb\r") == "a = '<\\/SCRIPT><\\!--'\nb\n"


def test_the_hash_of_a_script_is_that_of_the_standard() -> None:
    # the example of Content Security Policy Level 3, section 8.3 and MDN's page on script-src
    assert script_hash("alert('Hello, world.');") == "'sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng='"


def test_what_draws_pictures_has_no_end_of_a_script_in_it() -> None:
    script = picture_scripts()
    assert "vegaEmbed" in script
    assert "</script" not in script.lower()
