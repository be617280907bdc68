"""What people say for the relations that most graphs have: about a hundred concepts, written from general English.

A concept relates a subject S to an object O: "O is the NOUN of S". Alternatives are separated by `|`.
`nouns` name O ("director"), `back` names S seen from O ("child" for a parent); `noun@film` only where the other end is
a film. `o` are predicates of O about S: a bare past form ("directed", "wrote/written" with its participle) also gives
the passive; with `{}` it is used as it stands ("starred in {}"). `s` are predicates of S about O alike; one that
starts with `~` only follows a noun ("~starring {}"). one that starts with `!` never loses its
object ("which genre is X in the genre"). `ask` are questions for O, `tell` for S. `<WAS> <IS> <HAS>`
agree with the predicate's subject, `<was> <is> <does> <has>` with what fills `{}`. `names` are relation names that mean
S -> O, `flip` those that mean O -> S, beside the ones that follow from nouns and predicates; `co` are nouns for two O
of one S.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Concept:
    """One relation as people word it; see the module's text for the fields."""

    kinds: str
    nouns: str
    back: str = ""
    o: str = ""
    s: str = ""
    ask: str = ""
    tell: str = ""
    names: str = ""
    flip: str = ""
    co: str = ""


WORKS = [
    Concept(
        kinds="film>person",
        nouns="director|filmmaker|film director@film|movie director@film",
        o="directed|helmed|<WAS> the director of {}|<WAS> in charge of directing {}",
        s="<WAS> made by {}|<WAS> under the direction of {}|~by director {}|<HAS> {} as director",
        ask="who sat in the director's chair for {}|who did the directing of {}|who directed {}|who made {}",
        tell="what has {} directed|what did {} direct|which movies has {} directed",
        names="directed by|film director",
        flip="directed films|directed film|director of film|directed movie",
        co="co-director",
    ),
    Concept(
        kinds="film>person",
        nouns="actor|star|cast member|lead|performer|leading actor|actress",
        o="starred in {}|acted in {}|appeared in {}|<WAS> in {}|played in {}|<WAS> a star of {}"
        "|<WAS> cast in {}|featured in {}|<HAS> a role in {}",
        s="star {}|feature {}|featured {}|~starring {}|~featuring {}|~with {}|<HAS> {} in the cast"
        "|<HAS> {} in it|~with {} in them|<WAS> starred by {}|<WAS> acted by {}",
        ask="who stars in {}|who is in {}|who acts in {}|who is in the cast of {}|who plays in {}|who was in {}"
        "|what actors are in {}|who are the actors in {}|which actors star in {}|who made up the cast of {}",
        tell="what has {} been in|what movies is {} in|what does {} star in|what films did {} act in"
        "|what was {} in|in which movies did {} play|what films can i see {} in"
        "|what movies has {} starred in|what can i watch with {} in it",
        names="starred actors|starred|starring|cast|actors|featured|features|stars|cast members|film actor"
        "|starred by|played by actor",
        flip="starred in|acted in|appeared in|starred in film|film performances|played in film|actor in"
        "|actress in|acted",
        co="co-star|costar|fellow actor|castmate",
    ),
    Concept(
        kinds="work>person",
        nouns="writer|author|screenwriter@film|scriptwriter@film|script writer@film|screenplay writer@film"
        "|novelist@book",
        o="wrote/written|penned|authored|<WAS> the writer of {}|<WAS> the author of {}"
        "|wrote the script for {}@film|wrote the screenplay for {}@film|wrote the story of {}",
        s="<WAS> written by {}|~from the pen of {}|~by {}|<HAS> a script by {}@film|~scripted by {}@film"
        "|~from writer {}",
        ask="who wrote {}|who is {} by|who was {} written by|whose script was {} made from@film"
        "|who came up with the story of {}|who wrote the screenplay of {}@film"
        "|who wrote the script for {}@film",
        tell="what did {} write|what has {} written|what are the writings of {}",
        names="written by|screenplay by|screenplay|story by|written work author|script by|book author"
        "|film writer|creator of text",
        flip="wrote|works written|author of|wrote script|wrote screenplay|wrote novel|wrote book|notable work"
        "|notable works",
        co="co-writer|co-author",
    ),
    Concept(
        kinds="film>person",
        nouns="producer|film producer@film",
        o="produced|<WAS> the producer of {}|bankrolled",
        ask="who produced {}|who was the producer behind {}",
        tell="what has {} produced",
        names="produced by|executive producer|film producer",
        flip="produced|produced films|produced film",
        co="co-producer",
    ),
    Concept(
        kinds="work>person",
        nouns="composer|music composer|songwriter@song",
        o="composed|wrote the music for {}|scored|composed the score of {}@film|did the music of {}",
        s="<HAS> music by {}|~with music by {}|<WAS> scored by {}",
        ask="who composed {}|who wrote the music for {}|whose music is in {}|who scored {}",
        tell="what did {} compose|what music has {} written",
        names="music by|music|composed by|music written by|music composer|score by|composer of music"
        "|lyrics and music by",
        flip="composed|wrote music|composed music|compositions",
    ),
    Concept(
        kinds="song>person",
        nouns="lyricist|lyrics writer|songwriter",
        o="wrote the lyrics of {}|wrote the words to {}",
        names="lyrics by|lyricist|lyrics|words by",
        flip="wrote lyrics",
    ),
    Concept(
        kinds="song>person",
        nouns="performer|singer|artist|recording artist|band",
        o="performed|sang/sung|recorded",
        s="~by {}",
        ask="who sings {}|who sang {}|whose song is {}|who performed {}",
        tell="what songs did {} sing|what has {} recorded",
        names="performed by|recorded by|sung by|artist|song by|album by|musical artist|single by",
        flip="performed|recorded|sang|albums|discography|songs|sanged song|tracks",
    ),
    Concept(
        kinds="work>year",
        nouns="release year|release date|year of release|date of release|publication year@book",
        back="release|movie@year",
        s="came out in {}|<WAS> released in {}|<WAS> first shown in {}|premiered in {}|~from {}|<IS> from {}"
        "|<WAS> published in {}@book|<WAS> made in {}|debuted in {}",
        ask="when <was> {} released|when did {} come out|what year <was> {} released"
        "|in which year did {} come out|how old <is> {}|what year <is> {} from|when did {} first appear"
        "|when did {} premiere|when <was> {} made|{} came out when|{} <was> released in what year"
        "|{} <was> released in which years|what is the year of {}|when can one date {} to"
        "|what year did {} hit the screens@film|when did {} hit theaters@film|when did {} release"
        "|what year did {} release|{} released when|{} <was> released when|{} came out in which years"
        "|which years <was> {} released in|in which years <was> {} released|{} <was> released on what dates"
        "|what are the release dates of {}|when <is> {} from",
        tell="what came out in {}|which <K> were released in {}|what <K> are from {}|what was released in {}"
        "|what <K> came out in {}|what are some <K> from {}",
        names="release year|release date|released in|released on|year|date|premiered on|premiered in"
        "|came out in|released|publication date|publication year|published in|published on|first aired"
        "|initial release date|air date|premiere date|debuted in|dated|year released",
        flip="films released|releases",
    ),
    Concept(
        kinds="work>genre",
        nouns="genre|kind|type|category|sort|style",
        s="<IS> of the {} genre|belong to the {} genre|!<IS> in the genre {}|!<WAS> of genre {}|~in {} genre"
        "|fall under {}|!<HAS> the genre {}",
        ask="what kind of <A> <is> {}|what type of <A> <is> {}|what sort of <A> <is> {}|what genre <is> {}"
        "|what genre does {} fall under|what genre does {} belong to|how would you classify {}"
        "|which genre best describes {}|{} <is> what kind of <A>|what are the types of {}|what genres <is> {}"
        "|what genres <is> {} in"
        "|{} <is> in which genres|{} <is> in what genre|{} fall under which genres|what types <is> {}"
        "|what genres do {} fall under|what types of <A> are {}|{} <is> of what genres|which genres <is> {} of"
        "|what is the category of {}",
        tell="what are some {} <K>|which <K> are {}|which {} <K> are there|what <K> are of the {} genre",
        names="has genre|genre|genres|music genre|film genre|literary genre|kind|category|categories"
        "|form of creative work",
    ),
    Concept(
        kinds="work>language",
        nouns="language|spoken language|original language|tongue",
        s="<IS> in {}|<WAS> made in {}|<IS> spoken in {}|!<HAS> the language {}|~in the {} language"
        "|<WAS> filmed in {}@film|~in {}",
        ask="what language <is> {} in|in which language <is> {}|what language do they speak in {}"
        "|which language <was> {} made in|what is the spoken language in {}|what language <is> spoken in {}"
        "|{} <is> in what language|what languages are used in {}|which languages <is> {} in|{} <is> in which languages"
        "|what are the languages spoken in {}|what languages are spoken in {}|in what languages <is> {}",
        tell="what <K> are in {}|which <K> are in the {} language|what <K> can one watch in {}@film",
        names="in language|language|languages|original language|spoken language|language of work"
        "|official language|languages spoken|language spoken|native language|mother tongue|spoke|speaks"
        "|written in language",
        flip="language of|spoken in",
    ),
    Concept(
        kinds="work>topic",
        nouns="topic|tag|subject|keyword|theme|descriptor|word",
        o="describe {}|fit {}|characterize {}",
        s="<IS> about {}|deal with {}|<WAS> about {}|~about {}|<IS> associated with {}|<IS> tagged with {}"
        "|<IS> described with {}|<HAS> to do with {}|~on {}|can be described with {}|<IS> linked to {}"
        "|concern {}|~relating to {}",
        ask="what <is> {} about|what words describe {}|which words describe {}|what topics does {} cover"
        "|what does {} deal with|what <is> the subject of {}|how can {} be described|what terms apply to {}"
        "|what themes are in {}|describe {}|describe the <A> {} in a few words|what is {} about"
        "|what are the key words for {}|what tags does {} have",
        tell="what <K> are about {}|which <K> deal with {}|what <K> can be described by {}|what is about {}"
        "|which <K> have to do with {}|{} describes which <K>|{} is the topic of what <K>"
        "|which <K> is {} associated with",
        names="has tags|tags|tag|topic|topics|subject|main subject|about|keyword|keywords|theme|themes|subjects"
        "|has tag|concerned|plot keyword|deals with|has subject|describes",
    ),
    Concept(
        kinds="work>rating",
        nouns="rating|score|imdb rating@film|grade|user rating|critic score",
        s="<IS> rated {}|<WAS> rated {}|!<HAS> a rating of {}|~with a rating of {}|<IS> considered {}|~rated {}",
        ask="how good <is> {}|how <is> {} rated|how do people rate {}|what do people think of {}"
        "|how well <is> {} rated|what rating does {} have|would you say {} is any good"
        "|how good do critics say {} is",
        tell="which <K> are rated {}|which <K> are {}|what <K> got a {} rating|what <K> are considered {}",
        names="has imdb rating|rating|ratings|rated|imdb rating|score|stars rating|critic score|content rating"
        "|review score",
    ),
    Concept(
        kinds="work>votes",
        nouns="popularity|votes|number of votes|fame|imdb votes@film",
        s="<IS> rated as {}|<HAS> {} votes|<IS> considered {}|!<IS> {}",
        ask="how popular <is> {}|how famous <is> {}|how well known <is> {}|how many votes did {} get"
        "|how many people voted for {}|is {} popular or not|how many people know {}",
        tell="which <K> are {}|what are the {} <K>|what {} <K> are there",
        names="has imdb votes|votes|popularity|vote count|number of votes|fame",
    ),
    Concept(
        kinds="film>character",
        nouns="character|role|figure",
        o="appears in {}|<IS> a character in {}",
        s="featured|!<HAS> the character {}|~with the character {}",
        ask="who are the characters in {}|which roles are there in {}",
        names="characters|character|played role of|fictional character|main character|protagonist",
        flip="character in|appears in work",
    ),
    Concept(
        kinds="person>character",
        nouns="role|character|part",
        s="played|portrayed",
        ask="who did {} play|what role did {} have|who <was> {} cast as|what part did {} play",
        tell="who plays {}|who played {}|which actor was {}",
        names="played role|played as|starred as|appeared as|acted as|portrayed|played|roles",
        flip="played by|portrayed by|voiced by",
    ),
    Concept("film>person", "editor|film editor@film", o="edited|cut/cut", names="edited by|film editing"),
    Concept(
        kinds="film>person",
        nouns="cinematographer|director of photography|cameraman",
        o="shot/shot|photographed|did the camera work of {}",
        names="cinematography by|cinematography|director of photography|photographed by|shot by",
    ),
    Concept(
        kinds="film>company",
        nouns="distributor|studio|film company",
        o="distributed|put/put out",
        tell="what films did {} distribute|what did {} release",
        names="distributed by|released by|distributor|production company|studio|produced by company|made by",
    ),
    Concept(
        kinds="work>work",
        nouns="source|original|basis",
        back="adaptation|version",
        s="<IS> based on {}|<WAS> adapted from {}|<IS> an adaptation of {}|~based on {}",
        ask="what <is> {} based on|what <was> {} adapted from|which story does {} go back to",
        tell="what <is> based on {}|what was adapted from {}",
        names="based on|adapted from|adaptation of|remake of|derivative of|inspired by",
        flip="adapted into|inspired|adaptations",
    ),
    Concept(
        kinds="work>place",
        nouns="setting|filming location|location",
        s="<IS> set in {}|<WAS> filmed in {}|<WAS> shot in {}|take place in {}",
        ask="where <is> {} set|where <was> {} filmed|where does {} take place|where <was> {} shot"
        "|in what place does {} play",
        tell="what <K> are set in {}|what was filmed in {}",
        names="filmed in|set in|filming location|shot in|narrative location|shot at|filmed at|setting"
        "|featured film locations",
    ),
    Concept(
        kinds="book>company",
        nouns="publisher|publishing house",
        o="published|brought/brought out",
        ask="who published {}|which house put out {}",
        names="published by|publisher",
        flip="published|publications",
    ),
    Concept(
        kinds="album>company",
        nouns="record label|label|music label",
        s="<WAS> released on {}|<IS> signed to {}",
        names="record label|signed to|label",
    ),
    Concept(
        kinds="work>person",
        nouns="creator|maker|inventor|designer",
        o="created|made/made|invented|designed|came up with {}|developed",
        ask="who created {}|who made {}|who came up with {}|who invented {}|whose idea <was> {}|who is behind {}",
        names="created by|creator|invented by|designed by|made by|developed by|developer|inventor|designer|architect",
        flip="created|invented|designed|developed|inventions",
    ),
    Concept(
        kinds="work>person",
        nouns="illustrator|painter|artist",
        o="painted|illustrated|drew/drawn",
        names="painted by|illustrated by|drawn by",
        flip="painted|illustrated",
    ),
    Concept(
        kinds="film>person",
        nouns="narrator|voice",
        o="narrated|voiced|lent a voice to {}",
        names="narrated by|voiced by|voice actor",
    ),
]
