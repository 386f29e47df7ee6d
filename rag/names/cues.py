"""What stands around a name and speaks for or against its being one of the trade.

Made for every name alike. What speaks for or against one thing alone (`airport` near Runway) is in the table.
"""

import re


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


# Words of the trade: one of them in the sentence says little, three of them much.
TRADE = _set(
    "ai a.i. api apis acquisition agent agents app apps assistant assistants backer backers benchmark benchmarks board "
    "ceo ceos chatbot chatbots checkpoint checkpoints chief chip chips cloud cofounder cofounders co-founder "
    "co-founders copyright coders coding company cto coo customers cybersecurity datacentre dataset deal developer "
    "developers embeddings employees engineers enterprise equity executive executives fine-tune fine-tuned "
    "fine-tunes founder founders fundraising funding generative gpu gpus headcount hires humanoid humanoids inference "
    "investor investors ipo lab labs language layoffs leaderboard licence license licensed llm llms machine-learning "
    "market model models multimodal open-source open-weight openai parameters platform profit prompt prompts "
    "rival rivals revenue revenues robotics round rounds run-rate seed seats shareholders shares software speech "
    "raise raised raises acquired series "
    "staff stake start-up start-ups startup startups subscribers subscription tech technology token tokens tool tools "
    "trained training unicorn users valuation valued valuing venture weights workforce"
)
MONEY = re.compile(r"[$€£]\s?\d|\b(?:million|billion|percent)\b|\d ?%", re.IGNORECASE)

# What companies and their products do, and few words of a dictionary: `Runway raised`, `Cursor now costs`.
ACTS = _set(
    "raised raises raising acquired acquires acquiring launched launches launching released releases unveiled unveils "
    "hired hires employs employed sells sold charges priced costs partnered licensed licenses bought buys ships "
    "shipped "
    "announced announces plans planned valued competes counts earns earned trains trained developed develops built "
    "builds offers secured secures closed filed paid pays borrowed dismissed fired open-sourced opened reached "
    "confirmed declined denied claims claimed refused answers generates generated expects agreed settled signed runs "
    "makes made rents scored beat beats outperforms outperformed replaced"
)
# What anybody may do.
SAYS = _set("said says told is was has had will would can could may does did now also itself, which, whose") | _set(
    "which whose who"
)
# `CEO of Figure`, `investors in Harvey`, `acquired Runway`, `start-up Adept`.
BEFORE = re.compile(
    r"(?:\b(?:ceo|cto|coo|cfo|founders?|co-?founders?|chief executive|president|chairman|head|boss|chief \w+|board|"
    r"valuation|value|investors?|stakes?|shares?|employees?|engineers?|staff|researchers?|customers?|users?|models?|"
    r"owners?|makers?|clients?|agents?|version|versions|rivals?|parent|acquisition|takeover|purchase|sale|technology)"
    r" (?:of|in|at|from|behind|to|by|with)"
    r"|\b(?:founded|co-?founded|started|starting|joined|joins|joining|left|leaving|leaves|acquired?|acquires|acquiring|"
    r"bought|buy|buying|launch(?:ed|es)?|releas(?:ed|es?)|unveil(?:ed|s)?|announced?|introduced?|backed|backs|backing|sued?|suing|licen[sc]ed|ran|runs|running|leads?|led|advises?|advised|"
    r"rivals?|competitors?|start-?ups?|company|firm|maker|lab|unicorn|app|assistant|chatbot|tool|model|models|calls?|"
    r"uses?|using|used|tried|prefer|preferred|via|versus|vs\.?|like|such as|including|between|investments? in|"
    r"invest(?:ed|s|ing)? in|work(?:s|ed)? (?:at|for)|"
    r"rivals such as|deal with|round (?:of|for)|powered by|"
    r"built (?:by|on)|made by|developed by|switched to|runs on))\s$",
    re.IGNORECASE,
)
# `Runway's`: an ordinary word with its article before it would be `the runway's`.
POSSESSIVE = re.compile(r"[’']s?\s")
# `Adept, which`, `Sierra, the customer-service start-up`
APPOSITION = re.compile(
    r",\s(?:which|whose|the|an?|maker|founded|led|backed|run by|based|built|valued|now)\b", re.IGNORECASE
)

DETERMINERS = _set("the a an this that these those each every no any some my your his her our their its one another")
# Nouns that make of `the Runway …` or `a Cursor …` a thing of the company's.
THINGS = _set(
    "model models team app api assistant chatbot robot robots founder founders ceo chief users user deal round "
    "subscription platform engineers engineer employees investors software acquisition tool agents agent "
    "logo brand board staff website customers customer valuation executives founders' spokesperson spokeswoman "
    "spokesman family weights family's"
)
# Capitalised words that may stand right behind a company's or a product's name without making another name of it.
FOLLOWERS = _set(
    "ai labs lab inc corp ltd llc series ceo cto coo cfo chief co-founder cofounder founder founders president api pro "
    "enterprise team teams studio max plus app agent code desktop and or but in on at to for with the a an its is has "
    "was said says will raises launches releases unveils acquires hires sues plans closes adds cuts gets wins seeks "
    "buys signs nears hits tops"
)
# Capitalised words that may stand right before one.
LEADERS = _set(
    "ceo cto coo cfo president chairman founder co-founder cofounder startup start-up ai meanwhile and but at by for "
    "from in with when while if as although though because since after before both so yet now then even like unlike "
    "or nor to of on until once unless whether did does is was has can will would why how what who where is are "
    "rival rivals even only is using via inside today yesterday monday tuesday wednesday thursday friday saturday "
    "sunday january february march april may june july august september october november december that these many "
    "most some investors developers engineers users"
)
NUMBER_WORDS = _set("one two three four five six seven eight nine ten i ii iii iv v")
