"""Where a setting comes from, and how a wrong one is refused."""

from dataclasses import fields
from pathlib import Path

import pytest

from clew.graph.errors import SettingsError
from clew.settings import RULES, Settings, load_settings


def load(folder: Path, toml: str = "", *, environ: dict[str, str] | None = None, **overrides: object):
    if toml:
        (folder / "clew.toml").write_text(toml, encoding="utf-8")
    return load_settings(folder, environ=environ or {}, overrides=overrides)


def test_without_anything_all_are_defaults(tmp_path):
    settings, origins = load(tmp_path)
    assert settings == Settings()
    assert set(origins.values()) == {"default"}


def test_every_setting_has_a_rule_that_admits_its_default():
    names = [field.name for field in fields(Settings)]
    assert sorted(RULES) == sorted(names)
    for field in fields(Settings):
        assert RULES[field.name].admits(field.default), field.name


def test_file_then_environment_then_command_line(tmp_path):
    toml = "[clew]\nk = 6\nhops = 2\npaths = 3\n"
    settings, origins = load(tmp_path, toml, environ={"CLEW_K": "7", "CLEW_HOPS": "4"}, k=8, reasoner=None)
    assert (settings.k, settings.hops, settings.paths, settings.reasoner) == (8, 4, 3, "pagerank")
    assert origins["k"] == "command line"
    assert origins["hops"] == "CLEW_HOPS"
    assert origins["paths"] == str(tmp_path / "clew.toml")
    assert origins["reasoner"] == "default"


def test_top_level_keys_and_dashes_work_too(tmp_path):
    settings, _ = load(tmp_path, "query-limit = 5\nquery_timeout = 2\n")
    assert (settings.query_limit, settings.query_timeout) == (5, 2.0)
    assert isinstance(settings.query_timeout, float)


def test_the_nearest_parent_is_used_and_its_paths_are_relative_to_it(tmp_path):
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "clew.toml").write_text('store = "graphs/main"\ncache = "derived"\n', encoding="utf-8")
    settings, _ = load_settings(tmp_path / "a" / "b", environ={})
    assert settings.store == str(tmp_path / "graphs" / "main")
    assert settings.cache == str(tmp_path / "derived")
    (tmp_path / "a" / "clew.toml").write_text('store = "arcadedb:near"\n', encoding="utf-8")
    settings, _ = load_settings(tmp_path / "a" / "b", environ={})
    assert (settings.store, settings.cache) == (f"arcadedb:{tmp_path / 'a' / 'near'}", "")


def test_a_memory_store_in_a_file_stays_one(tmp_path):
    assert load(tmp_path, 'store = "memory:"')[0].store == "memory:"


@pytest.mark.parametrize(
    ("toml", "environ", "overrides", "said"),
    [
        ("kk = 3", {}, {}, ["clew.toml", "'kk'", "Did you mean k?"]),
        ("[clew]\nbatchsize = 3", {}, {}, ["clew.toml", "'batchsize'", "batch_size"]),
        ("zzzzzz = 3", {}, {}, ["'zzzzzz'", "chunk_size", "threads"]),
        ("k = 0", {}, {}, ["clew.toml, key k", "0", "a whole number from 1 to 1000"]),
        ("k = true", {}, {}, ["True", "a whole number"]),
        ('k = "5"', {}, {}, ["'5'", "a whole number"]),
        ("[k]\nx = 1", {}, {}, ["a whole number"]),
        ("query_timeout = nan", {}, {}, ["nan", "a number from 0.01"]),
        ("k = 1\nhops = x", {}, {}, ["clew.toml", "not valid TOML", "line 2"]),
        ("", {"CLEW_K": "many"}, {}, ["environment variable CLEW_K", "'many'", "a whole number"]),
        ("", {"CLEW_HEEP": "1g"}, {}, ["'CLEW_HEEP'", "CLEW_HEAP"]),
        ("", {"CLEW_HEAP": "lots"}, {}, ["CLEW_HEAP", "768m"]),
        ("", {"CLEW_DEVICE": "gpu"}, {}, ["CLEW_DEVICE", "cuda:N"]),
        ("", {}, {"reasoner": "pagerang"}, ["option reasoner", "one of: gnn, pagerank", "Did you mean pagerank?"]),
        ("", {}, {"store": "  "}, ["option store", "a path or URL"]),
        ("", {}, {"stores": "x"}, ["'stores'", "Did you mean store?"]),
    ],
)
def test_a_wrong_setting_is_refused_with_its_place(tmp_path, toml, environ, overrides, said):
    with pytest.raises(SettingsError) as refused:
        load(tmp_path, toml, environ=environ, **overrides)
    for words in said:
        assert words in str(refused.value)


def test_a_file_that_is_not_text_is_refused(tmp_path):
    (tmp_path / "clew.toml").write_bytes(b"k = \xff\xfe")
    with pytest.raises(SettingsError, match="not valid TOML"):
        load(tmp_path)


def test_settings_made_by_hand_are_checked_too():
    with pytest.raises(SettingsError, match="hops"):
        Settings(hops=99)


def test_variables_that_are_not_settings_pass(tmp_path):
    assert load(tmp_path, environ={"CLEW_DEBUG": "1", "PATH": "/bin", "CLEWS_K": "x"})[0] == Settings()


def test_paths_may_be_path_objects(tmp_path):
    assert load(tmp_path, store=tmp_path / "kb")[0].store == str(tmp_path / "kb")
