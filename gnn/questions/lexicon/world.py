"""Concepts of places, organizations and events; the fields are those of `gnn.lexicon.Concept`."""

from __future__ import annotations

from clew.gnn.questions.lexicon.lexicon import Concept

WORLD = [
    Concept(
        kinds="place>place",
        nouns="location|place|whereabouts|position|region|area",
        s="<IS> located in {}|<IS> in {}|lie in {}|<IS> situated in {}|<IS> part of {}|~in {}",
        ask="where <is> {}|where <is> {} located|where can {} be found|in what place <is> {}"
        "|in which part of the world <is> {}|where does {} lie",
        tell="what is located in {}|what can be found in {}|what lies in {}",
        names="located in|location|in|situated in|lies in|is in|place|based in|located at|village in|located on"
        "|mountain in|school in|city in|region|located in the administrative territorial entity"
        "|contained by|town in|containedby|state|province|county",
        flip="contains|includes place|contains location",
    ),
    Concept(
        kinds="place>country",
        nouns="country|nation|state",
        s="<IS> in {}|belong to {}|<IS> from {}|come from {}",
        ask="what country <is> {} in|which country does {} belong to|in which country <is> {}"
        "|which nation <is> {} from",
        tell="what is in {}|what <K> are in the country {}",
        names="country|country of origin|located in country|origin|country of production",
    ),
    Concept(
        kinds="place>place",
        nouns="capital|capital city|seat of government",
        o="<IS> the capital of {}",
        s="<HAS> its capital in {}|<HAS> {} as capital|<IS> governed from {}",
        ask="what is the capital of {}|which city is the capital of {}",
        tell="what country has {} as its capital|which place is governed from {}",
        names="capital|capital city",
        flip="capital of",
    ),
    Concept(
        kinds="company>person",
        nouns="founder|creator|originator|establisher",
        o="founded|established|started|set/set up {}|created|co-founded",
        ask="who founded {}|who started {}|who set up {}|who brought {} into being",
        tell="what did {} found|what company did {} start",
        names="founded by|founder|founders|established by|founder s|organization founder|co-founder|started by",
        flip="founded|founder of|established|co-founder of|organizations founded|co-founded|started|opened",
        co="co-founder",
    ),
    Concept(
        kinds="company>date",
        nouns="foundation date|founding year|date of establishment|inception",
        s="<WAS> founded in {}|<WAS> established in {}|began in {}",
        ask="when <was> {} founded|when <was> {} established|when did {} start|how old <is> {}"
        "|in what year <was> {} set up|when did {} begin",
        tell="what was founded in {}|what started in {}",
        names="founded in|established in|inception|date founded|founding date|founded on|opened in|formed in"
        "|created in|started in|began in|foundation|year founded|date established|start date|start time",
    ),
    Concept(
        kinds="company>date",
        nouns="end date|closing year|dissolution",
        s="closed in {}|ended in {}",
        ask="when did {} end|when did {} close",
        names="dissolved in|closed in|ended in|end date|end time|disbanded in|date dissolved|retired in",
    ),
    Concept(
        kinds="place>number",
        nouns="population|number of inhabitants|headcount",
        s="<HAS> a population of {}|<HAS> {} inhabitants",
        ask="how many people live in {}|how big is the population of {}|what is the population of {}"
        "|how populous <is> {}",
        names="population|number of inhabitants|inhabitants count|total population",
    ),
    Concept(
        kinds="place>number",
        nouns="area|surface area|extent|size",
        ask="how large <is> {}|how big <is> {}|what area does {} cover",
        names="area|surface area|area km2|size",
    ),
    Concept(
        kinds="place>number",
        nouns="elevation|height|altitude",
        ask="how high <is> {}|how tall <is> {}",
        names="elevation|altitude|height above sea level|elevation above sea level",
    ),
    Concept(
        kinds="company>place",
        nouns="headquarters|head office|seat|main office|base",
        s="<IS> based in {}|<HAS> its headquarters in {}|<IS> headquartered in {}|operate from {}",
        ask="where <is> {} based|where is the head office of {}|where <is> {} headquartered"
        "|where does {} have its seat",
        tell="what company is based in {}|what has its seat in {}",
        names="headquarters|headquarters location|headquartered in|head office|seat|based in|based at|hq",
    ),
    Concept(
        kinds="company>person",
        nouns="leader|head|boss|chief|president|chairman|ceo|director",
        o="lead/led|head/headed|run/run|<IS> in charge of {}|led/led",
        ask="who leads {}|who runs {}|who is in charge of {}|who heads {}|who <is> {} led by",
        tell="what does {} lead|what <is> {} in charge of|what does {} run",
        names="leader|ceo|president|head|chairman|led by|chief executive|headed by|chairperson|manager"
        "|managed by|principal|head coach|coach|commander|commanded by|leader name|executive",
        flip="president of|head of|leads|led|ceo of|leader of|general of|coach of|chairman of|manager of",
    ),
    Concept(
        kinds="place>person",
        nouns="ruler|king|queen|monarch|emperor|head of state|governor|mayor",
        o="ruled|governed|reigned over {}|<IS> the ruler of {}",
        ask="who ruled {}|who governs {}|who reigned over {}|who sat on the throne of {}",
        tell="what did {} rule|where did {} reign|what country did {} govern",
        names="ruler|king|queen|monarch|governor|mayor|head of state|head of government|prime minister|ruled by"
        "|emperor|governed by",
        flip="king of|queen of|ruler of|governor of|mayor of|ruled|prince of|duke of|count of|emperor of"
        "|countess of|regent of|bishop of|prime minister of|monarch of|conquered",
    ),
    Concept(
        kinds="event>place",
        nouns="venue|scene|site",
        s="took place in {}|happened in {}|<WAS> held in {}",
        ask="where did {} take place|where did {} happen|where <was> {} held",
        tell="what happened in {}",
        names="took place in|venue|held in|held at|happened in|occurred at|event location",
    ),
    Concept(
        kinds="event>person",
        nouns="participant|attendee|competitor",
        o="took part in {}|participated in {}|competed in {}|<WAS> at {}",
        s="<WAS> attended by {}",
        tell="what did {} take part in",
        names="participants|participant|attendees|competitors",
        flip="took part in|participated in|competed in|competed at|participant in",
    ),
    Concept(
        kinds="company>product",
        nouns="product|brand",
        o="<IS> made by {}",
        s="make {}|produce {}|manufacture {}|sell {}|built/built",
        ask="what does {} make|what does {} sell|what does {} produce",
        tell="who makes {}|who manufactures {}|who sells {}",
        names="products|product|manufactures|makes|sells|brand|built",
        flip="manufactured by|manufacturer|product of|built by|made by company",
    ),
    Concept(
        kinds="company>industry",
        nouns="industry|field|sector|business",
        s="operate in {}|<IS> in the {} business",
        ask="what industry <is> {} in|what business <is> {} in",
        names="industry|sector|field|business|field of work|area of expertise",
    ),
    Concept(
        kinds="place>place",
        nouns="neighbor|neighbour|bordering place",
        back="neighbor|neighbour",
        o="border {}|lie next to {}",
        s="border {}|share a border with {}|lie next to {}",
        ask="what borders {}|what lies next to {}|who are the neighbors of {}",
        names="borders|shares border with|neighbor|adjacent to|next to|bordering",
    ),
    Concept(
        kinds="place>currency",
        nouns="currency|money",
        s="use {}|pay with {}",
        ask="what money is used in {}|how do people pay in {}",
        tell="where do people pay with {}",
        names="currency|currency used",
    ),
    Concept(
        kinds="place>continent",
        nouns="continent",
        s="<IS> on the continent {}",
        ask="what continent <is> {} on|which continent does {} belong to",
        names="continent",
    ),
    Concept(
        kinds="place>event",
        nouns="event|happening",
        o="took place in {}",
        s="hosted",
        ask="what happened in {}|what did {} host",
        names="events|hosted|host of",
        flip="hosted by",
    ),
]
