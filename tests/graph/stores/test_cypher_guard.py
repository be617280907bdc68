"""The guard lets reading through and nothing else, however it is spelled."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clew.graph.errors import QueryError
from clew.graph.stores.cypher.guard import FUNCTIONS, KEYWORDS, PROCEDURES, guard

READS = [
    "RETURN 1",
    "match (n) return n",
    "MATCH (n:Entity {id: $id})-[r:RELATES]->(m) WHERE r.is = 'author' RETURN m.name AS x ORDER BY x DESC LIMIT 5",
    "MATCH p = (a)-[*1..3]-(b) WHERE a <> b RETURN p, length(p) SKIP 2 LIMIT $n",
    "MATCH p = shortestPath((a)-[*..5]-(b)) RETURN [n IN nodes(p) | n.name]",
    "MATCH p=allShortestPaths((a:X)-[:R|S*]->(b)) RETURN *",
    "MATCH (n) WHERE n.set = 1 AND n.delete IS NOT NULL RETURN n.create, n. merge",
    "MATCH (n:Create)-[r:SET|DELETE]->(m:Merge&!Drop) RETURN n",
    "MATCH (n:(Set|Remove)) WHERE n:Delete OR NOT (m:Load:Use) RETURN n",
    "MATCH (n {set: 1, delete: 2}) RETURN n {.remove, .*, drop: n.x, `create`: 3}",
    "MATCH (`set`)-[:`DELETE n`]->(`a``b`) RETURN `set`.`merge`",
    "RETURN 'DELETE n; CREATE (m)' AS s, \"it's // no comment\", 'a\\'b /* x */', '\\\\'",
    "RETURN 'caf\\u00e9 \\n \\t'",
    "// CREATE (n)\nMATCH (n) /* DELETE n; */ RETURN n // SET",
    "RETURN 1;",
    "RETURN 1 ; \n ; ",
    "OPTIONAL MATCH (n) WITH DISTINCT n, count(*) AS count WHERE count > 1 RETURN collect(DISTINCT n.name)[..3]",
    "UNWIND $rows AS row UNWIND range(1, 10, 2) AS x RETURN row['set'], x % 3, -x ^ 2, 0x1F, 1.5e-3, .5",
    "MATCH (n) RETURN n UNION ALL MATCH (m) RETURN m",
    "MATCH (n) RETURN CASE n.x WHEN 1 THEN 'a' ELSE NULL END AS y, CASE WHEN n.x > 1 THEN true ELSE false END",
    "CALL { MATCH (n) RETURN n } RETURN n",
    "MATCH (n) CALL (n) { WITH n MATCH (n)--(m) RETURN count(m) AS c } RETURN n, c",
    "MATCH (n) WHERE EXISTS { MATCH (n)-->(m) WHERE m.x = 1 } AND COUNT { (n)--() } > 2 RETURN n",
    "MATCH (n) WHERE exists((n)-->()) AND (n)-->() RETURN COLLECT { MATCH (n)--(m) RETURN m.name }",
    "CALL db.labels() YIELD label RETURN label",
    "CALL db.relationshipTypes YIELD relationshipType RETURN *",
    "CALL db.index.vector.queryNodes('Entity[embedding]', 5, $v) YIELD node, score RETURN node.name, score",
    "CALL `db`.`index`.fulltext . queryNodes('x', 'y') YIELD node RETURN node",
    "MATCH (n) WHERE n.name STARTS WITH 'a' OR n.name ENDS WITH 'b' XOR n.name CONTAINS 'c' RETURN n",
    "MATCH (n) WHERE n.name =~ '.*' AND n.x IN [1, 2] AND NOT n.y IN $ys RETURN n",
    "RETURN date('2020-01-01').year, date.truncate('month', date()), duration.between($a, $b).days",
    *(
        f"RETURN {kind}.{clock}() AS now, {kind}.{clock}('Europe/Berlin')"
        for kind in ("date", "time", "localtime", "datetime", "localdatetime")
        for clock in ("transaction", "statement", "realtime")
    ),
    "RETURN toLower(trim('A')), size([1]), coalesce(null, 1), reduce(a = 0, x IN [1, 2] | a + x), e(), pi()",
    "RETURN all(x IN [1] WHERE x > 0), any(x IN [] WHERE x), none(x IN [] WHERE x), single(x IN [1] WHERE x = 1)",
    "RETURN {a: NOT (true), b: CASE WHEN true THEN 1 END, c: NOT false}",
    "MATCH (start)-->(end:Person), (order:Order) RETURN start, end.name AS ended, order",
    "MATCH (n) RETURN n.größe, n.名前 AS 名前",
    "MATCH p = SHORTEST 1 (a)-[:R]-+(b) RETURN p",
    "MATCH (a) ((x)-[:R]->(y)){1,3} (b) RETURN a",
    "MATCH (n:%) WHERE n.a%2 = 0 RETURN n",
]

REFUSED = [
    ("", "empty"),
    (" // only a comment", "empty"),
    (";;", "empty"),
    ("CREATE (n)", "CREATE"),
    ("MATCH (n) SET n.x = 1", "SET"),
    ("MATCH (n) DELETE n", "DELETE"),
    ("MATCH (n) DETACH DELETE n", "DETACH"),
    ("MATCH (n) REMOVE n.x RETURN n", "REMOVE"),
    ("MATCH (n) MERGE (m) RETURN m", "MERGE"),
    ("match (n) with n cReAtE (m) return m", "cReAtE"),
    ("DROP INDEX x", "DROP"),
    ("LOAD CSV FROM 'file:///etc/passwd' AS row RETURN row", "LOAD"),
    ("MATCH (n) LOAD CSV FROM 'x' AS row RETURN row", "LOAD"),
    ("MATCH (n) FOREACH (x IN [1] | SET n.x = x)", "FOREACH"),
    ("USE system MATCH (n) RETURN n", "USE"),
    ("EXPLAIN MATCH (n) RETURN n", "EXPLAIN"),
    ("PROFILE MATCH (n) RETURN n", "PROFILE"),
    ("SHOW DATABASES", "SHOW"),
    ("GRANT ROLE x TO y", "GRANT"),
    ("INSERT (n)", "INSERT"),
    ("MATCH (n) SHOW INDEXES", "SHOW"),
    ("RETURN 1; RETURN 2", "one statement"),
    ("RETURN 1; MATCH (n) DELETE n", "one statement"),
    ("CALL apoc.load.json('http://x') YIELD value RETURN value", "apoc.load.json"),
    ("CALL `apoc`.`load`.json('x')", "apoc.load.json"),
    ("CALL apoc . cypher . run('x', {})", "apoc.cypher.run"),
    ("CALL dbms.procedures", "dbms.procedures"),
    ("CALL `apoc.load.json`('x')", "apoc.load.json"),
    ("MATCH (n) CALL db.labels.evil() RETURN n", "db.labels.evil"),
    ("OPTIONAL CALL dbms.killQuery('x')", "dbms.killQuery"),
    ("RETURN apoc.text.join(['a'], '')", "apoc.text.join"),
    ("RETURN `apoc`.text.join([], '')", "apoc.text.join"),
    ("RETURN {a: apoc.load.json('x')}", "apoc.load.json"),
    ("MATCH (n:Foo(x)) RETURN n", "Foo"),
    ("RETURN file()", "file"),
    ("RETURN db.labels()", "not a function"),
    ("RETURN 1 UNION CREATE (n) RETURN n", "CREATE"),
    ("CALL { CREATE (n) RETURN n } RETURN n", "CREATE"),
    ("CALL { MATCH (n) DELETE n } IN TRANSACTIONS OF 10 ROWS", "DELETE"),
    ("MATCH (n) CALL (n) { SET n.x = 1 } IN TRANSACTIONS RETURN 1", "SET"),
    ("MATCH (n) CALL (n) { RETURN 1 AS x } IN CONCURRENT TRANSACTIONS RETURN 1", "CONCURRENT"),
    ("MATCH (n) WHERE EXISTS { CREATE (m) } RETURN n", "CREATE"),
    ("MATCH (n) WHERE n:A SET n:B RETURN n", "SET"),
    ("MATCH (n:A) SET n:B", "SET"),
    ("MATCH (n:(A)) DELETE n", "DELETE"),
    ("MATCH (n) RETURN * DELETE n", "DELETE"),
    ("MATCH (n) WITH * SET n.x = 1", "SET"),
    ("MATCH (n) RETURN n ORDER BY n.x DESC SET n.x = 1", "SET"),
    ("MATCH (n) RETURN 1SET n.x = 1", "SET"),
    ("MATCH (n) RETURN [x IN [1] WHERE n:A | 1] SET n.x = 1", "SET"),
    ("RETURN 'a' CREATE (n)", "CREATE"),
    ("RETURN 'a\\' CREATE (n) //", "no end"),
    ("RETURN 'a' + 'b\\\\' CREATE (n) //'", "CREATE"),
    ("RETURN 'a''b'", "without a space"),
    ('RETURN "a""b"', "without a space"),
    ("RETURN '\\u0027 CREATE (n) //'", "u0027"),
    ("RETURN '\\U00000027 CREATE (n) //'", "U00000027"),
    ("RETURN '\\u000a'", "u000a"),
    ("RETURN '\\x41'", "escape"),
    ("MATCH (n) \\u0053ET n.x = 1", "means nothing"),
    ("MATCH (n) S\\u0045T n.x = 1", "cannot stand|means nothing"),
    ("RETURN `\\u0060 CREATE (n) //`", "Unicode escape"),
    ("RETURN $`\\u0060 CREATE (n) //`", "Unicode escape"),
    ("MATCH (n) ſET n.x = 1", "look like"),
    ("MATCH (n) ＳＥＴ n.x = 1", "look like"),
    ("MATCH (n) DETACH\u200bDELETE n", "means nothing|DETACH"),
    ("MATCH (n)\u00a0DELETE n", "means nothing"),
    ("RETURN 1 /* open", "no end"),
    ("RETURN 'open", "no end"),
    ("RETURN `open", "no end"),
    ("RETURN 1 /* a /* b */ CREATE (n) */", "CREATE"),
    ("// x\rCREATE (n)", "CREATE"),
    ("DE/**/LETE n", "DE"),
    ("MATCH (n) RETURN (n", "never closed"),
    ("MATCH (n)) RETURN n", "closes nothing"),
    ("MATCH (n] RETURN n", "closes nothing"),
    ("RETURN " + "(" * 200 + "1" + ")" * 200, "nested"),
    ("RETURN " + " + ".join(["1"] * 20_000), "characters long"),
    ("MATCH (n:$($x)) RETURN n", "means nothing"),
    ("MATCH (n) FOO n RETURN n", "FOO"),
    ("RETURN n m", "m cannot stand"),
    ("RETURN 1 2", "2 cannot stand"),
    ("MATCH (n) USING INDEX n:X(y) RETURN n", "USING"),
    ("Tell me about Lothair", "Tell"),
    ("FINISH", "FINISH"),
    ("IMPORT DATABASE 'http://x'", "IMPORT"),
    ("MATCH (n) RETURN n AS set", "set"),
]


@pytest.mark.parametrize("query", READS)
def test_reading_passes(query: str) -> None:
    passed = guard(query)
    assert guard(passed) == passed
    assert not passed.endswith(";")


@pytest.mark.parametrize(("query", "reason"), REFUSED)
def test_the_rest_is_refused_with_its_reason(query: str, reason: str) -> None:
    with pytest.raises(QueryError, match=reason) as refused:
        guard(query)
    assert refused.value.hint


def test_comments_are_gone_and_all_else_is_kept() -> None:
    assert guard(" MATCH (n) // a\n RETURN/* b */n.x, '// c /* d */' ; ") == "MATCH (n)  \n RETURN n.x, '// c /* d */'"


def test_a_refusal_names_what_is_allowed() -> None:
    with pytest.raises(QueryError, match="shortestPath"):
        guard("RETURN apoc.version()")
    with pytest.raises(QueryError, match=r"db\.labels"):
        guard("CALL apoc.help('x')")
    with pytest.raises(QueryError, match=r"MATCH, .*OPTIONAL"):
        guard("CREATE (n)")


@pytest.mark.parametrize("function", sorted(FUNCTIONS))
def test_every_listed_function_passes_in_any_case(function: str) -> None:
    for spelled in (function, function.upper(), function.replace(".", " . ")):
        assert guard(f"RETURN {spelled}(1) AS x")


@pytest.mark.parametrize("procedure", sorted(PROCEDURES))
def test_every_listed_procedure_passes(procedure: str) -> None:
    assert guard(f"CALL {procedure}('a') YIELD x RETURN x")


WRITES = [
    "CREATE (x)",
    "MERGE (x)",
    "SET n.x = 1",
    "DELETE n",
    "DETACH DELETE n",
    "REMOVE n.x",
    "FOREACH (i IN [1] | SET n.x = i)",
]
WRITES += [
    "LOAD CSV FROM 'x' AS l",
    "DROP INDEX i",
    "CALL apoc.x()",
    "CALL dbms.x",
    "INSERT (x)",
    "USE other",
    "; RETURN 1",
]
BROKEN = st.sampled_from([" ", "\n", "\t", "/**/", "/* ' */", "// `\n", "//\r"])


@st.composite
def spelled(draw: st.DrawFn, words: str) -> str:
    """The words in any case, with any kind of space between them."""
    text = "".join(draw(st.sampled_from([char.lower(), char.upper()])) for char in words)
    return "".join(draw(BROKEN) if char == " " else char for char in text)


@settings(max_examples=400, deadline=None)
@given(st.data())
def test_a_write_is_refused_after_any_reading(data: st.DataObject) -> None:
    reading = data.draw(st.sampled_from([read for read in READS if "//" not in read.rsplit("\n", 1)[-1]]))
    write = data.draw(st.sampled_from(WRITES).flatmap(spelled))
    with pytest.raises(QueryError):
        guard(f"{reading.rstrip('; ')}{data.draw(BROKEN)}{write}")


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_quoted_writes_are_only_text(data: st.DataObject) -> None:
    write = data.draw(st.sampled_from(WRITES).flatmap(spelled)).replace("'", "").replace("`", "")
    assert guard(f"MATCH (`{write}`) RETURN '{write}', \"{write}\", n.`{write}`")


PIECES = [
    *sorted(KEYWORDS),
    "CREATE",
    "SET",
    "DELETE",
    "CALL",
    "apoc.x",
    "n",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    ":",
    "|",
    ".",
    ",",
    "*",
]
PIECES += ["'", '"', "`", "\\", "//", "/*", "*/", "\n", " ", ";", "$p", "1", "=", "\\u0027", "ſ", "count(", "-->", "é"]


@settings(max_examples=1000, deadline=None)
@given(st.one_of(st.text(max_size=60), st.lists(st.sampled_from(PIECES), max_size=25).map(" ".join)))
def test_any_text_is_answered_plainly(text: str) -> None:
    try:
        passed = guard(text)
    except QueryError:
        return
    assert guard(passed) == passed
