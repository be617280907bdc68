"""Concepts of what people are to each other; the fields are those of `gnn.lexicon.Concept`."""

from __future__ import annotations

from clew.gnn.questions.lexicon.lexicon import Concept

PEOPLE = [
    Concept(
        kinds="person>person",
        nouns="spouse|husband|wife|partner|other half|better half|significant other|life partner"
        "|married partner|soulmate|consort|hubby",
        back="spouse|husband|wife|partner|other half|better half|consort",
        o="<IS> married to {}|married|<WAS> married to {}|<WAS> wed to {}|<IS> the wife of {}|<IS> the husband of {}",
        s="<IS> married to {}|married|<WAS> married to {}|tied the knot with {}|wedded|share a life with {}"
        "|<IS> the spouse of {}",
        ask="who <is> {} married to|who did {} marry|to whom <is> {} married|who did {} tie the knot with"
        "|who is the love of {}|who did {} wed|who <was> {} wed to|who shares a life with {}",
        tell="who is married to {}|who married {}|who tied the knot with {}",
        names="spouse|married to|married|spouses|marriage|wife|husband|partner|wed|spouse s|significant other"
        "|romantic partner",
        flip="wife of|husband of|consort of|spouse of|widow of|married off",
    ),
    Concept(
        kinds="person>person",
        nouns="parent|mom and dad|mother and father|mom or dad|folks|progenitor|parents",
        back="child|kid|offspring|son or daughter|descendant",
        o="raised|brought {} up|gave birth to {}|<HAS> {} as a child|<IS> a parent of {}",
        s="<IS> a child of {}|descend from {}|<IS> the offspring of {}|<WAS> born to {}",
        ask="who are the parents of {}|who are the mom and dad of {}|who <is> {} a child of|whose child <is> {}"
        "|who brought {} up|who gave {} life|who <is> {} descended from",
        tell="who has {} as a parent|who is a child of {}",
        names="parents|parent|child of|son of|daughter of|born to|son to|parents of the person|son by|daughter by",
        flip="parent of",
    ),
    Concept(
        kinds="person>person",
        nouns="father|dad|daddy|papa|pa|old man|pop",
        back="child|kid|son|daughter|offspring",
        o="fathered|<IS> the father of {}|<IS> the dad of {}",
        s="<IS> a child of {}|<HAS> {} as father",
        ask="who fathered {}|who is the dad of {}|who is the man that fathered {}|who is daddy to {}",
        names="father|dad|father name",
        flip="father of|fathered",
    ),
    Concept(
        kinds="person>person",
        nouns="mother|mom|mum|mama|ma|mommy",
        back="child|kid|son|daughter|offspring",
        o="gave birth to {}|<IS> the mother of {}|<IS> the mom of {}|bore/born",
        s="<IS> a child of {}|<HAS> {} as mother",
        ask="who gave birth to {}|who is the mom of {}|which woman bore {}",
        names="mother|mom|mother name",
        flip="mother of",
    ),
    Concept(
        kinds="person>person",
        nouns="child|kid|offspring|son or daughter|son|daughter|heir|descendant|little one|baby|progeny",
        back="parent|father|mother|mom and dad",
        o="<IS> a child of {}|<WAS> born to {}|descend from {}|<HAS> {} as parent|<IS> the offspring of {}",
        s="<HAS> a child {}|<HAS> {} as child|<IS> a parent of {}|raised|brought {} up",
        ask="who are the kids of {}|what children does {} have|who did {} raise"
        "|what are the names of the children of {}|who came from {}|who calls {} a parent"
        "|to whom did {} give life",
        tell="who are the parents of {}|whose kid is {}|who has {} as a child",
        names="children|child|kids|offspring|son|daughter|has child|has children|sons|daughters|had child|issue",
    ),
    Concept(
        kinds="person>person",
        nouns="sibling|brother or sister|brother|sister|bro|sis|brother and sister",
        back="sibling|brother|sister|brother or sister",
        o="<IS> a sibling of {}|grew up with {}|<IS> a brother of {}",
        s="<IS> a sibling of {}|<IS> a brother of {}|<IS> a sister of {}|share parents with {}",
        ask="who are the siblings of {}|what brothers and sisters does {} have|who is a brother or sister to {}"
        "|who shares parents with {}",
        names="sibling|siblings|brother|sister|half brother|brothers|sisters|half-brother|sibling s",
        flip="brother of|sister of|sibling of|half-brother of|half-sister of",
    ),
    Concept(
        kinds="person>person",
        nouns="grandparent|grandfather|grandmother|grandpa|grandma",
        back="grandchild|grandson|granddaughter",
        names="grandson of|granddaughter of|grandchild of",
        flip="grandfather of|grandmother of|grandparent of",
    ),
    Concept(
        kinds="person>person",
        nouns="uncle|aunt|uncle or aunt",
        back="nephew|niece",
        names="nephew of|niece of",
        flip="uncle of|aunt of",
    ),
    Concept("person>person", "cousin", back="cousin", names="cousins", flip="cousin of"),
    Concept(
        kinds="person>person",
        nouns="relative|family member|kin",
        back="relative|family member",
        s="<IS> related to {}",
        names="relative|related to|family|in-law|father-in-law|mother-in-law|ancestor",
        flip="relative of|father-in-law of",
    ),
    Concept(
        kinds="person>person",
        nouns="friend|acquaintance|companion",
        back="friend|companion",
        o="<IS> friends with {}",
        s="<IS> friends with {}|knew/known",
        names="friend|friends|knows|met|friendship|companion",
        flip="friend of",
    ),
    Concept(
        kinds="person>person",
        nouns="colleague|collaborator",
        back="colleague|collaborator",
        o="worked with {}",
        s="worked with {}|collaborated with {}",
        ask="who did {} work with|who did {} team up with",
        names="worked with|collaborated with|colleague|performed with|starred with|played with",
    ),
    Concept(
        kinds="person>person",
        nouns="teacher|mentor|doctoral advisor|master",
        back="student|pupil|disciple",
        o="taught/taught|mentored|trained",
        names="teacher|student of|doctoral advisor|advisor|studied under|mentor|taught by",
        flip="students|taught|pupils|doctoral student",
    ),
    Concept(
        kinds="person>person",
        nouns="influence|inspiration|idol",
        o="influenced|inspired",
        names="influenced by|inspired by person|influences",
        flip="influenced",
    ),
]
