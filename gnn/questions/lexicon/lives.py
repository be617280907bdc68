"""Concepts of what a life holds; the fields are those of `gnn.lexicon.Concept`."""

from __future__ import annotations

from clew.gnn.questions.lexicon.lexicon import Concept

LIVES = [
    Concept(
        kinds="person>date",
        nouns="date of birth|birth date|birthday|birthdate|birth year|year of birth|dob",
        s="<WAS> born on {}|<WAS> born in {}|came into the world on {}|celebrate the birthday on {}",
        ask="when <was> {} born|what is the birthday of {}|when did {} come into the world"
        "|on what day <was> {} born|how old <is> {}|in what year <was> {} born|what is the age of {}"
        "|when does {} celebrate a birthday",
        tell="who was born on {}|who was born in {}|whose birthday is {}",
        names="born on|born in|born|date of birth|birth date|birthday|birth year|year of birth|birthdate|b.",
    ),
    Concept(
        kinds="person>place",
        nouns="place of birth|birthplace|birth place|hometown|native town|city of birth|home town",
        back="native|son or daughter",
        s="<WAS> born in {}|come from {}|<IS> from {}|<IS> a native of {}|hail from {}|<WAS> born at {}|grew up in {}",
        ask="where <was> {} born|where does {} come from|where <is> {} from|in what city <was> {} born"
        "|what town <is> {} from|where does {} hail from|in which place did {} come into the world"
        "|where did {} begin life|where on earth <was> {} born",
        tell="who was born in {}|who comes from {}|who is from {}|which people were born in {}|who is a native of {}",
        names="born in|born at|place of birth|birthplace|birth place|hometown|from|home town|location of birth"
        "|raised in|native of|born",
        flip="birthplace of|people born here|people born",
    ),
    Concept(
        kinds="person>date",
        nouns="date of death|death date|day of death|year of death|time of death",
        s="died on {}|died in {}|passed away on {}|passed away in {}",
        ask="when did {} die|when did {} pass away|on what date did {} die|in what year did {} die"
        "|when <was> {} laid to rest|when did the life of {} end",
        tell="who died on {}|who died in {}|who passed away on {}",
        names="died on|died in|died|date of death|death date|year of death|deathdate|death year",
    ),
    Concept(
        kinds="person>place",
        nouns="place of death|death place|deathplace|city of death",
        s="died in {}|died at {}|passed away in {}|spent the last days in {}",
        ask="where did {} die|where did {} pass away|in what city did {} die|in what place did {} lose life"
        "|where did the life of {} end",
        tell="who died in {}|who passed away in {}",
        names="died in|died at|place of death|death place|deathplace|location of death|died",
    ),
    Concept(
        kinds="person>cause",
        nouns="cause of death|death cause|reason of death|manner of death",
        s="died of {}|died from {}|<WAS> killed by {}",
        ask="how did {} die|what did {} die of|what killed {}|why did {} die|what was the reason {} died"
        "|what caused the death of {}|what made {} die|what ended the life of {}",
        tell="who died of {}|who died from {}|who was killed by {}",
        names="died of|died from|cause of death|death cause|manner of death|causes of death|reason of death",
    ),
    Concept(
        kinds="person>place",
        nouns="burial place|grave|resting place|place of burial",
        s="<WAS> buried in {}|<WAS> buried at {}|rest in {}|<WAS> laid to rest in {}|<WAS> interred in {}",
        ask="where <is> {} buried|where does {} rest|where <was> {} laid to rest|where is the grave of {}",
        tell="who is buried in {}|who rests at {}",
        names="buried in|buried at|burial place|place of burial|resting place|interred in|grave",
    ),
    Concept(
        kinds="person>country",
        nouns="nationality|citizenship|country of citizenship|country|home country|nation|homeland|native country",
        back="citizen|national",
        s="<IS> a citizen of {}|come from {}|<IS> from {}|hold {} citizenship|<HAS> {} nationality|belong to {}",
        ask="what country <is> {} from|what is the nationality of {}|which country does {} come from"
        "|which nation does {} belong to|{} <is> a citizen of what country|where <is> {} from"
        "|which passport does {} hold|of what country <is> {} a citizen|what country does {} call home",
        tell="who is from {}|who is a citizen of {}|which people have {} nationality",
        names="nationality|citizenship|country of citizenship|citizen of|national of|nation|nationalities"
        "|country of nationality|home country",
        flip="citizens|nationals",
    ),
    Concept(
        kinds="person>school",
        nouns="school|alma mater|university|college|education|educational institution|place of study",
        back="alumnus|student|graduate|former student",
        s="studied at {}|<WAS> educated at {}|went to {}|graduated from {}|attended|got a degree from {}",
        ask="where did {} study|where did {} go to school|what school did {} attend"
        "|which university did {} go to|where <was> {} educated|where did {} get a degree"
        "|what college did {} graduate from|which place taught {}|from where did {} graduate",
        tell="who studied at {}|who went to {}|who graduated from {}",
        names="educated at|education|school|alma mater|studied at|graduated from|attended|university|college"
        "|institution|studied in|schools attended|graduated in|went to|education institution",
        flip="alumni|notable alumni|students",
    ),
    Concept(
        kinds="person>company",
        nouns="employer|workplace|place of work|company|boss",
        back="employee|worker|staff member",
        o="employed|hired",
        s="worked for {}|worked at {}|<WAS> employed by {}|<HAS> a job at {}",
        ask="who did {} work for|where did {} work|who employs {}|where does {} have a job|who pays {}",
        tell="who works for {}|who worked at {}|who has a job at {}",
        names="employer|worked for|worked at|works for|employed by|workplace|works at|employment|worked in"
        "|professor at|taught at|works in",
        flip="employees|employs|employed",
    ),
    Concept(
        kinds="person>profession",
        nouns="profession|occupation|job|career|line of work|trade|vocation|living",
        s="worked as {}|<IS> {} by profession|!<WAS> {}|serve as {}|earn a living as {}",
        ask="what does {} do for a living|what did {} do for work|what job does {} have|what does {} work as"
        "|what <is> {} by trade|how does {} earn money|what kind of work does {} do"
        "|what line of work <is> {} in",
        tell="who works as {}|who is {} by profession|whose job is {}",
        names="profession|occupation|job|worked as|professions|career|vocation|served as|occupations|job title"
        "|works as",
        flip="people with this profession|people with this occupation",
    ),
    Concept(
        kinds="person>religion",
        nouns="religion|faith|belief|creed|denomination|religious belief|church",
        back="follower|believer|member",
        s="follow {}|believe in {}|practice {}|<IS> of the {} faith|belong to {}|converted to {}",
        ask="what religion does {} follow|what does {} believe in|what faith does {} have"
        "|which god does {} pray to|what church does {} belong to|what religious group <is> {} in"
        "|what belief does {} hold",
        tell="who believes in {}|who follows {}",
        names="religion|faith|religious affiliation|denomination|converted to|belief|creed|religions",
    ),
    Concept(
        kinds="person>ethnicity",
        nouns="ethnicity|ethnic group|race|ethnic origin|heritage|descent",
        s="<IS> of {} descent|<IS> ethnically {}|belong to the {} people",
        ask="what race <is> {}|what <is> {} ethnically|which ethnic group does {} belong to|what is the heritage of {}",
        names="ethnicity|ethnic group|race|descent|ethnic origin|heritage|ancestry",
    ),
    Concept(
        kinds="person>gender",
        nouns="gender|sex",
        s="!<IS> {}",
        ask="<is> {} male or female|<is> {} a man or a woman|what sex <is> {}|what is the gender of {}",
        tell="who is {}",
        names="gender|sex|sex or gender",
    ),
    Concept(
        kinds="person>number",
        nouns="height|size|stature",
        ask="how tall <is> {}|what is the height of {}",
        names="height|size|height meters|stature",
    ),
    Concept(
        kinds="person>number",
        nouns="weight|mass",
        ask="how much does {} weigh|how heavy <is> {}",
        names="weight|mass|weight kg",
    ),
    Concept(
        kinds="person>place",
        nouns="residence|home|place of residence|address|dwelling place",
        back="resident|inhabitant",
        s="live in {}|lived in {}|reside in {}|moved to {}|settled in {}",
        ask="where does {} live|where did {} live|where <is> {} at home|what city did {} live in|where did {} settle",
        tell="who lives in {}|who moved to {}",
        names="lived in|residence|lives in|moved to|resided in|place lived|places lived|home|emigrated to"
        "|settled in|address|location of residence",
        flip="residents|inhabitants",
    ),
    Concept(
        kinds="person>award",
        nouns="award|prize|honor|honour|medal|trophy",
        back="winner|recipient|laureate",
        s="won/won|received|<WAS> awarded {}|got/gotten|took home {}|<WAS> honored with {}",
        ask="what did {} win|what prizes did {} get|what <was> {} awarded|what honors has {} received"
        "|which award went to {}",
        tell="who won {}|who got {}|who has received {}",
        names="award|awards|won|received|awarded|award received|prize|awards won|won award|honors|has won prize|earned",
        flip="awarded to|winner|recipients|won by|winners",
    ),
    Concept(
        kinds="person>award",
        nouns="nomination",
        back="nominee",
        s="<WAS> nominated for {}|<WAS> up for {}",
        ask="what <was> {} nominated for|which awards <was> {} up for",
        names="nominated for|award nominated|nominations",
    ),
    Concept(
        kinds="person>team",
        nouns="team|club|side|squad",
        back="player|team member",
        s="played for {}|<WAS> on the team of {}|joined",
        ask="which team did {} play for|what club did {} play for|whose shirt did {} wear",
        tell="who played for {}|who is on the team of {}",
        names="played for|team|club|sports team|member of sports team|teams",
        flip="players|roster",
    ),
    Concept("person>sport", "sport|discipline", s="play {}|compete in {}", names="sport|sport played|plays sport"),
    Concept(
        kinds="person>instrument",
        nouns="instrument|musical instrument",
        s="play {}",
        names="instrument|instruments played|plays instrument",
    ),
    Concept(
        kinds="person>party",
        nouns="political party|party|affiliation",
        back="party member|politician",
        s="<IS> a member of {}|belong to {}|<WAS> in {}",
        ask="what party does {} belong to|which political party <is> {} in",
        names="political party|party|member of political party|party affiliation",
    ),
    Concept(
        kinds="person>name",
        nouns="other name|nickname|alias|real name|full name|stage name",
        s="<IS> known as {}|<IS> called {}|go by {}",
        ask="what <is> {} called|what <is> {} also known as|what other name does {} have",
        names="known as|alias|also known as|nickname|called|referred as|aka|alternative name|birth name|styled"
        "|born as|other name",
    ),
    Concept(
        kinds="person>reason",
        nouns="claim to fame|fame",
        s="<IS> known for {}|<IS> famous for {}|<IS> remembered for {}",
        ask="what <is> {} known for|what made {} famous|what <is> {} famous for",
        tell="who is known for {}|who became famous for {}",
        names="known for|famous for|noted for|best known for|known for roles",
    ),
    Concept(
        kinds="person>date",
        nouns="wedding date|date of marriage",
        s="married in {}|married on {}|got married in {}",
        ask="when did {} marry|when did {} get married|in what year did {} tie the knot",
        names="married in|married on|wedding date|marriage date",
    ),
]
