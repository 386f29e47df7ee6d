"""Claims that the passages below support, and claims that were made wrong: the checker's own examination.

`python -m tests.claim_pairs` prints how many right ones pass, how many wrong ones are caught, and those that go astray.
"""

# ruff: noqa: E501 - a paragraph is a line

from rag.answering.claims import Claim
from rag.citations import CitationChecker, Dropped
from rag.documents import Article, Passage

TEXTS = {
    "How Mistral AI, an OpenAI competitor, rocketed to $2Bn in <12 months": """# What is Mistral?
A French startup that develops fast, open-source and secure language models. Founded in 2023 by Arthur Mensch, Guillaume Lample, and Timothée Lacroix.
They’ve raised over $650M in funding, are valued at $2Bn, are less than a year old and have 22 employees.
# Mistral’s Seed Round:
The first funding round took place on 13th June 2023. The company raised $113 million, led by Lightspeed Venture Partners.
Other participants included Redpoint, Index Ventures, Xavier Niel, JCDecaux Holding and LocalGlobe. Notably, French investment bank Bpifrance and former Google CEO Eric Schmidt were also shareholders.
This funding round valued Mistral AI at $260 million.
# Mistral’s Series A Round:
The Series A round was announced on 11th December 2023. In this round, Mistral AI raised $415 million, led by Andreessen Horowitz.
Other participants included Lightspeed Venture Partners, Salesforce, BNP Paribas and General Catalyst. Crunchbase also differentiates Nvidia and Salesforce as debt investors with an additional $130M.
This funding round valued the company at approximately $2 billion.
# Mixtral 8x7B MoE
A 7B sparse Mixture-of-Experts model with stronger capabilities than Mistral 7B. Uses 12B active parameters out of 45B total. Supports multiple languages, code and 32k context window.
# Mistral 7b
A 7B dense transformer, fast-deployed and easily customisable. Supports English and code, and an 8k context window.
Mistral’s CEO Arthur Mensch was at Deepmind for a little less than 3 years.""",
    "Cohere is in talks to raise money at $5 billion": """Cohere is in talks to raise about $500 million at a valuation of $5 billion, people familiar with the matter said.
The Toronto company, which was founded in 2019 by Aidan Gomez, Nick Frosst and Ivan Zhang, sells language models to businesses.
Cohere has not disclosed its revenue for 2023. It employed about 250 people in March 2024.
Annualised revenue was $35 million at the end of March 2024, up from $13 million at the close of 2023.
A spokesperson declined to comment. The company plans to open an office in Montreal.""",
    "Databricks buys MosaicML for $1.3 billion": """Databricks has agreed to buy MosaicML for about $1.3 billion, the companies announced on 26 June 2023. MosaicML was last valued at $222 million and has 62 employees.
Databricks acquired MosaicML in July 2023. Naveen Rao, who co-founded MosaicML, leads the team.
Okera was bought by Databricks in May 2023; terms were not disclosed.""",
    "Anthropic closes its Series C": """Anthropic raised $450 million in a Series C led by Spark Capital in May 2023. Google, Salesforce Ventures and Zoom Ventures also participated.
Amazon will invest up to $4 billion in Anthropic, it said in September 2023. Anthropic does not train its models on customer data.
Claude 2 has a context window of 100,000 tokens. Anthropic was founded by former OpenAI staff in San Francisco in 2021.
Menlo Ventures might invest $750 million, The Information reported.""",
}

RIGHT = """
Mistral AI has 22 employees.
Mistral has twenty-two employees.
Mistral is a French startup founded in 2023 by Arthur Mensch, Guillaume Lample and Timothée Lacroix.
Mistral AI was founded in 2023 by Arthur Mensch, Guillaume Lample and Timothee Lacroix.
The founders of Mistral AI are Arthur Mensch, Guillaume Lample and Timothée Lacroix.
Andreessen Horowitz led the Series A.
Mistral AI's $415 million Series A was led by Andreessen Horowitz.
The Series A round, announced on 11 December 2023, raised 415 million dollars.
Mistral announced its Series A in December 2023.
The seed round of $113M on 13 June 2023 was led by Lightspeed Venture Partners.
Lightspeed Venture Partners led the $113 million seed round.
The seed round valued Mistral AI at $260 million.
The company was valued at 2 billion dollars.
Mistral AI was valued at approximately $2 billion in its Series A.
Salesforce and BNP Paribas participated in the Series A.
Investors in the seed round included Redpoint, Index Ventures and Xavier Niel.
Mistral has raised more than $650 million.
Mixtral 8x7B has a 32k context window.
Mixtral 8x7B supports a context window of 32,000 tokens.
Mistral 7B has an 8k context window.
Mixtral 8x7B uses 12 billion active parameters out of 45 billion in total.
Arthur Mensch is the CEO of Mistral.
Nvidia and Salesforce provided $130 million in debt.
Cohere is in talks to raise about $500 million at a $5 billion valuation.
Cohere is reportedly seeking to raise about $500 million.
Cohere was founded in 2019 by Aidan Gomez, Nick Frosst and Ivan Zhang.
Cohere did not disclose its 2023 revenue.
Cohere employed about 250 people in March 2024.
Cohere's annualised revenue was $35 million at the end of March 2024.
Cohere plans to open an office in Montreal.
Databricks acquired MosaicML in July 2023.
MosaicML was acquired by Databricks in July 2023.
Databricks agreed to buy MosaicML for about $1.3 billion.
MosaicML had 62 employees and was last valued at $222 million.
Databricks bought Okera in May 2023.
The terms of the Okera deal were not disclosed.
Anthropic raised $450 million in May 2023 in a Series C led by Spark Capital.
Spark Capital led Anthropic's Series C.
Google, Salesforce Ventures and Zoom Ventures participated in the Series C.
Amazon will invest up to $4 billion in Anthropic.
Amazon plans to invest up to $4 billion in Anthropic.
Claude 2 has a context window of 100,000 tokens.
Anthropic does not train its models on customer data.
Anthropic was founded in 2021 in San Francisco by former OpenAI staff.
Menlo Ventures might invest $750 million, The Information reported.
""".strip().splitlines()

WRONG = """
Mistral AI has 23 employees.
Mistral has two hundred employees.
OpenAI has 22 employees.
Cohere has 22 employees.
Arthur Mensch has 22 employees.
Mistral AI has 22 offices.
Mistral AI was founded in 2022 by Arthur Mensch, Guillaume Lample and Timothée Lacroix.
Mistral AI was founded in 2023 by Arthur Mensch and Sam Altman.
OpenAI was founded in 2023 by Arthur Mensch, Guillaume Lample and Timothée Lacroix.
Lightspeed Venture Partners led the Series A.
Andreessen Horowitz led the seed round.
Mistral AI's $415 million Series A was led by Lightspeed Venture Partners.
Mistral AI raised $415 billion in its Series A.
Mistral AI raised €415 million in its Series A.
Mistral AI raised $451 million, led by Andreessen Horowitz.
The Series A was announced on 12 December 2023.
The Series A was announced on 11 December 2022.
The Series B was announced on 11 December 2023.
Mistral announced its Series A in November 2023.
The seed round valued Mistral AI at $2 billion.
Mistral AI was valued at $415 million.
The Series A round valued the company at $260 million.
Mistral AI did not raise $415 million.
Mistral AI is in talks to raise $415 million.
Mistral AI plans to raise $415 million, led by Andreessen Horowitz.
Mistral has raised less than $650 million.
Sequoia participated in the Series A.
Mixtral 8x7B has an 8k context window.
Mistral 7B has a 32k context window.
Mixtral 8x22B has a 32k context window.
Mixtral 8x7B uses 45 billion active parameters.
Guillaume Lample is the CEO of Mistral.
Nvidia and Salesforce led the Series A.
Mistral AI has a revenue of $130 million.
Cohere raised $500 million at a $5 billion valuation.
Cohere has raised about $500 million.
Cohere is valued at $5 billion.
Cohere disclosed its revenue for 2023.
Cohere employed about 250 people in March 2023.
Cohere employed about 250 people in 2021.
Cohere's annualised revenue was $35 million at the close of 2023.
Cohere's annualised revenue was $53 million at the end of March 2024.
Cohere opened an office in Montreal.
Anthropic is in talks to raise about $500 million at a valuation of $5 billion.
MosaicML acquired Databricks in July 2023.
Snowflake acquired MosaicML in July 2023.
Databricks has not acquired MosaicML.
Databricks bought MosaicML for $222 million.
Okera bought Databricks in May 2023.
MosaicML had 26 employees.
MosaicML was last valued at $1.3 billion.
Databricks bought Okera for $62 million in May 2023.
Google led Anthropic's Series C.
Anthropic raised $450 million in a Series C led by Spark Capital in June 2023.
Anthropic raised $450 million in a Series B led by Spark Capital in May 2023.
Amazon invested $4 billion in Anthropic.
Amazon invested up to $4 billion in Anthropic.
Google will invest up to $4 billion in Anthropic.
Anthropic trains its models on customer data.
Claude 2 has a context window of 200,000 tokens.
Claude 3 has a context window of 100,000 tokens.
Anthropic was founded in 2021 in San Francisco by former Google staff.
OpenAI was founded in 2021 in San Francisco.
Menlo Ventures invested $750 million.
Anthropic has 100,000 customers.
""".strip().splitlines()


def corpus(paragraphs: int = 100) -> tuple[tuple[Passage, ...], dict[str, Article]]:
    """The texts as passages and articles; one passage for each so many lines."""
    passages, articles = [], {}
    for number, (title, text) in enumerate(TEXTS.items(), 1):
        article = articles[f"a{number}"] = Article(id=f"a{number}", source=f"{number}.md", title=title, text=text)
        lines, at = text.split("\n"), 0
        for first in range(0, len(lines), paragraphs):
            part = "\n".join(lines[first : first + paragraphs])
            passages.append(
                Passage(
                    chunk_id=f"a{number}-{first}", article_id=article.id, title=title, text=part,
                    start=at, end=at + len(part), score=1.0,
                )
            )  # fmt: skip
            at += len(part) + 1
    return tuple(passages), articles


def admitted(claim: str) -> bool:
    passages, articles = corpus()
    return not isinstance(CitationChecker(passages, articles).admit(Claim(claim)), Dropped)


if __name__ == "__main__":
    passages, articles = corpus()
    good = bad = 0
    for right, claims in ((True, RIGHT), (False, WRONG)):
        for claim in claims:
            checker = CitationChecker(passages, articles)
            result = checker.admit(Claim(claim))
            passed = not isinstance(result, Dropped)
            good += right and passed
            bad += not right and not passed
            if right and isinstance(result, Dropped):
                print(f"right, dropped: {claim}   ({result.reason})")
            if not right and passed:
                print(f"wrong, passed:  {claim}   {[c.quote for c in checker.citations]}")
    print(f"right ones that pass: {good} of {len(RIGHT)}; wrong ones that are caught: {bad} of {len(WRONG)}")
