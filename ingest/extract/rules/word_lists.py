"""Word lists of the extraction rules: nouns that tell a thing's type, ranks, kin, verbs with irregular past forms."""

from __future__ import annotations

import re


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


WORK_NOUNS = _set(
    "film films movie picture feature short documentary drama comedy thriller western musical song single track ballad "
    "album ep soundtrack mixtape novel novella book story play opera operetta ballet symphony sonata concerto poem "
    "series sitcom show episode telenovela soap miniseries serial anime manga comic comics cartoon game videogame "
    "painting sculpture portrait mural anthology magazine newspaper journal adaptation remake sequel prequel "
    "biography autobiography memoir program programme podcast romance melodrama biopic hymn anthem composition"
)
ORGANISATION_NOUNS = _set(
    "band group duo trio quartet company corporation firm organization organisation agency party club team university "
    "college school institute institution academy orchestra choir ensemble label studio publisher bank airline church "
    "association union federation league society foundation museum library hospital charity brand network station "
    "newspaper ministry department council committee court government army regiment dynasty congregation broadcaster "
    "manufacturer retailer distributor conglomerate subsidiary brewery startup nonprofit trust board franchise"
)
PLACE_NOUNS = _set(
    "city town village municipality commune district county province state country region river lake mountain island "
    "peninsula suburb neighborhood neighbourhood parish capital settlement hamlet valley bay sea ocean forest park "
    "castle palace fort building bridge street road railway airport cemetery monastery abbey cathedral temple "
    "community area township borough canton prefecture department stadium hill peak glacier creek kingdom empire"
)
EVENT_NOUNS = _set(
    "war battle siege election festival championship tournament cup revolution rebellion uprising massacre disaster "
    "earthquake ceremony conference race season competition event treaty crusade campaign concert attack awards award"
)
PRODUCT_NOUNS = _set(
    "software tool toolkit framework engine platform app application database protocol broker server browser compiler "
    "parser scheduler router container controller driver debugger interpreter scanner printer filter buffer adapter "
    "crawler bundler linter processor connector generator emulator simulator module package plugin api device "
    "smartphone console car aircraft locomotive rifle drug vaccine laptop microcontroller transistor tracker monitor"
)
OTHER_NOUNS = _set(
    "number letter chapter order power water tower paper theater theatre river layer computer disorder gender "
    "weather character answer cancer counter sector factor tenor border corridor manor error mirror species genus "
    "language surname name term word list disease plant animal family tribe"
)
PERSON_NOUNS = _set(
    "executive ceo cfo cto "
    "actress actor king queen prince princess duke duchess count countess earl baron baroness emperor empress bishop "
    "archbishop pope saint monk nun priest son daughter father mother brother sister wife husband widow widower spouse "
    "child nephew niece uncle aunt cousin grandson granddaughter grandfather grandmother poet author athlete "
    "businessman businesswoman politician statesman nobleman noblewoman peer monarch consort knight general admiral "
    "chief president minister secretary judge lawyer playwright person man woman boy girl model member partner "
    "architect chef coach pilot scholar noble heir heiress personality celebrity star protagonist psychologist "
    "academic peeress official diplomat soldier midfielder defender forward goalkeeper striker physician host "
    "cinematographer half-brother half-sister stepson stepdaughter stepfather stepmother"
)
FEMALE_NOUNS = _set(
    "actress queen princess duchess countess baroness empress nun daughter mother sister wife widow niece aunt "
    "granddaughter grandmother businesswoman noblewoman peeress woman girl heiress half-sister stepdaughter stepmother"
)
MALE_NOUNS = _set(
    "king prince duke count earl baron emperor monk priest son father brother husband widower nephew uncle grandson "
    "grandfather businessman nobleman statesman man boy half-brother stepson stepfather"
)
KIN = _set(
    "son daughter father mother brother sister wife husband widow widower spouse child nephew niece uncle aunt cousin "
    "grandson granddaughter grandfather grandmother grandchild fiancé fiancée consort half-brother half-sister heir "
    "stepson stepdaughter stepfather stepmother partner ex-wife ex-husband twin sibling parent descendant ancestor "
    "father-in-law mother-in-law son-in-law daughter-in-law brother-in-law sister-in-law girlfriend boyfriend "
    "great-grandson great-granddaughter namesake successor predecessor student pupil disciple mistress"
)
OF_PLACES = _set("born based")  # "Warsaw-born", "Paris-based"
AGENT_RELATIONS = _set(
    "directed written produced composed performed sung recorded co-written co-directed created authored edited scored "
    "photographed shot played hosted painted designed starred succeeded born"
)  # VERB by PERSON, most of the time
PARTS_OF_WORKS = _set(
    "script screenplay music story cinematography lyric lyrics score soundtrack dialogue photography editing "
    "production text libretto vocals teleplay adaptation"
)
OF_ROLES = _set("chief vice prime managing executive general deputy founding assistant associate foreign")  # minister
ROLES = _set(
    "officer secretary minister director manager editor coach engineer president executive chairman chairwoman"
)
CLASSES = _set(  # "the PTGS1 gene" is PTGS1
    "gene protein enzyme virus disease language method algorithm model theorem programme program project standard "
    "format service system network team company band library framework engine platform app application database "
    "protocol server browser compiler software tool module package plugin"
)
VAGUE = _set(  # "a number of Germans" is nothing that the Germans own
    "number part rest majority minority series lot group kind type sort half piece pair version one member some most "
    "variety range set collection couple dozen all each any none list"
)
CONNECTIVES = _set("addition example instance fact order course contrast particular general case turn return")
OF_WORKS = _set(
    "released published recorded premiered aired broadcast taken written directed produced shot filmed distributed "
    "co-written composed edited screened co-produced performed sung"
)
SAYING = _set(
    "say claim state report argue suggest believe write note allege think assert declare announce tell add warn "
    "explain promise insist predict estimate indicate confirm deny recall complain reply answer admit conclude "
    "observe remark maintain contend acknowledge"
)
HEDGES = _set(
    "possibly probably perhaps allegedly reportedly maybe likely apparently supposedly presumably purportedly "
    "seemingly arguably"
)
NEGATIONS = _set("not n't never no neither nor without n’t")
HEDGING_VERBS = _set("believe think say allege rumor rumour suppose presume suspect claim report consider speculate")
UNREAL_VERBS = _set(
    "plan want intend hope wish expect try attempt seek aim offer agree decide propose threaten promise prepare need "
    "consider like prefer ask order urge persuade encourage allow let invite require request advise choose doubt fear "
    "wonder mean"
)  # what they govern need not come true
ENDING_VERBS = _set("stop cease quit")
LEAVING_VERBS = _set("resign retire quit leave step remove dismiss oust fire")  # "stepped down as director"
DENYING_VERBS = _set("deny refuse decline fail refute dispute reject forbid prevent avoid neglect")
HONORIFICS = _set(
    "King Queen Emperor Empress Sir Dame Dr Dr. Mr Mr. Mrs Mrs. Ms Ms. Professor Prof. President Senator Governor "
    "Major Captain Colonel General Lieutenant Sergeant Admiral Justice Judge Mayor Rev. Reverend Director"
)
DIRECTIONS = _set("north south east west")
STYLES = dict.fromkeys(("Mr", "Mr.", "Sir", "Lord"), "he") | dict.fromkeys(
    ("Mrs", "Mrs.", "Ms", "Ms.", "Miss", "Lady", "Dame"), "she"
)  # what a style before a name tells of its bearer
OFFICES = _set("CEO CFO CTO COO CIO Chairman Chairwoman Chairperson Founder Co-founder Co-Founder")
RANKS = _set(
    "Duke Duchess Earl Count Countess Baron Baroness Viscount Viscountess Marquess Marquis Marchioness Prince Princess "
    "Elector Electress Margrave Margravine Landgrave Landgravine Lord Lady Archduke Archduchess King Queen Emperor "
    "Empress Baronet Lordship Infante Infanta Dauphin Grand Hereditary Burgrave Crown"
)
PARTICLES = _set(
    "de la le les von van der den di da del della dello du dos das al bin ibn af av zu ter ten y e el des d' ul ud "
)
ORGANISATION_WORDS = _set(
    "University Institute Company Records Pictures Films Party Council Army Club Orchestra Museum Academy College "
    "School Association Corporation Inc. Ltd. Studios Productions Entertainment Society Union League Church Navy "
    "Ministry Department Committee Court Bank Group Foundation Organization Theatre Theater Parliament Senate Congress "
    "F.C. FC Broadcasting Network Television Press Regiment Force Corp Corp. Inc Ltd Co. LLC PLC plc GmbH AG Holdings "
    "Industries Technologies Laboratories Airlines Railways Hospital Agency Authority Commission Observatory Library"
)
SAINTS = _set("st. st saint")
NAMED_AFTER = _set("College Hospital School Church Cathedral Abbey Chapel")  # somebody: "Guy's Hospital"
PLACE_WORDS = _set(
    "River Island Islands County City Street Mountain Mountains Lake Abbey Castle Palace Cemetery Park Hill"
)
EVENT_WORDS = _set(
    "War Festival Games Championship Championships Cup Battle Olympics Award Awards Prize Revolution Crusade Tournament"
)
WEEKDAYS = _set("monday tuesday wednesday thursday friday saturday sunday")

_PAST_FORMS = """
    arise:arose awake:awoke be:was bear:bore beat:beat become:became befall:befell beget:begot begin:began
    behold:beheld bend:bent beset:beset bet:bet bid:bid bind:bound bite:bit bleed:bled blow:blew break:broke
    breed:bred bring:brought broadcast:broadcast build:built burst:burst buy:bought cast:cast catch:caught
    choose:chose cling:clung come:came cost:cost creep:crept cut:cut deal:dealt dig:dug do:did draw:drew drink:drank
    drive:drove eat:ate fall:fell feed:fed feel:felt fight:fought find:found flee:fled fling:flung fly:flew
    forbid:forbade forecast:forecast foresee:foresaw forget:forgot forgive:forgave forgo:forwent forsake:forsook
    freeze:froze get:got give:gave go:went grind:ground grow:grew hang:hung have:had hear:heard hide:hid hit:hit
    hold:held hurt:hurt keep:kept know:knew lay:laid lead:led leave:left lend:lent let:let lie:lay light:lit
    lose:lost make:made mean:meant meet:met mislead:misled mistake:mistook outdo:outdid outgrow:outgrew
    outsell:outsold overcome:overcame overhear:overheard override:overrode oversee:oversaw overtake:overtook
    overthrow:overthrew partake:partook pay:paid put:put quit:quit read:read rebuild:rebuilt
    redo:redid remake:remade repay:repaid rerun:reran resell:resold reset:reset retake:retook retell:retold
    rewrite:rewrote rid:rid ride:rode ring:rang rise:rose run:ran say:said see:saw seek:sought sell:sold send:sent
    set:set shake:shook shed:shed shine:shone shoot:shot shrink:shrank shut:shut sing:sang sink:sank sit:sat
    sleep:slept slide:slid speak:spoke speed:sped spend:spent spin:spun split:split spread:spread spring:sprang
    stand:stood steal:stole stick:stuck sting:stung strike:struck strive:strove swear:swore sweep:swept swim:swam
    swing:swung take:took teach:taught tear:tore tell:told think:thought throw:threw thrust:thrust undergo:underwent
    understand:understood undertake:undertook undo:undid uphold:upheld upset:upset wake:woke wear:wore weave:wove
    weep:wept win:won wind:wound withdraw:withdrew withhold:withheld withstand:withstood write:wrote
    co-star:co-starred starr:starred co-write:co-wrote
"""
_IRREGULAR = dict(pair.split(":") for pair in _PAST_FORMS.split())
_STRESSED = _set(  # at their end, where a regular verb doubles its consonant
    "abet abhor acquit admit allot annul commit compel concur confer control debar defer deter disbar dispel "
    "emit entrap equip excel expel extol impel incur infer inter occur omit patrol permit prefer propel rebel recur "
    "refer regret remit repel submit transfer transmit"
)
_SHORT = re.compile(r"(?:[^aeiou]|(?<=q)u)*[aeiou][^aeiouwxy]")


def past(lemma: str) -> str:
    """The past form of a verb, so that one act has one name whatever tense a text tells it in."""
    if lemma in _IRREGULAR:
        return _IRREGULAR[lemma]
    if lemma.endswith("e"):
        return lemma + "d"
    if lemma.endswith("y") and lemma[-2:-1] not in set("aeiou"):
        return lemma[:-1] + "ied"
    if lemma in _STRESSED or _SHORT.fullmatch(lemma):
        return lemma + lemma[-1] + "ed"
    return lemma if lemma.endswith("ed") and not lemma.endswith("eed") else lemma + "ed"


def noun_type(noun: str) -> str:
    """The entity type of what is called by this common noun; empty where the noun does not tell."""
    if noun in PERSON_NOUNS:
        return "PERSON"
    for words, kind in (
        (WORK_NOUNS, "WORK"),
        (ORGANISATION_NOUNS, "ORGANISATION"),
        (PLACE_NOUNS, "PLACE"),
        (EVENT_NOUNS, "EVENT"),
        (PRODUCT_NOUNS, "PRODUCT"),
        (OTHER_NOUNS, "OTHER"),
    ):
        if noun in words:
            return kind
    if len(noun) > 4 and noun.endswith(("er", "or", "ist", "ian", "man", "woman", "ress")):
        return "PERSON"
    return ""
