"""Expressions that put a claim into another's mouth, another time, a question or a condition, over folded text."""

from __future__ import annotations

import re

A_TIME = re.compile(
    r"[ ']*(?:en |del |di |de |al |o |l'|im |zum |au )?(?:the (?:sale|move|merger|acquisition|takeover|change|deal)|(?:19|20)\d\d|(?:early|late|mid|recently) |then|era |aveva |costava |erano |it (?:was|had|cost)|di (?:lei|lui)|(?:her|him|them)\b|elle\b|lui\b|ella\b|ihr\b|ihm\b|haar\b|hem\b)"
)
AS_SOON = re.compile(r" (?:you|a|per|every|it|they|we|the|your|an|each|that)\b")
FROM_TO = re.compile(
    r"\b(?:from|von|de|da|dal|van|du|do|desde)\b(?P<old>(?:(?!, (?:where|which|who|wo|ou|donde|dove|waar|onde|gdzie)\b).){1,48}?)\b(?:to|auf|nach|a|al|naar|para|in|ad)\b"
)
MOVES = re.compile(
    r"mov|reloc|rais|increas|\bcut\b|lower|dropp|gr[eo]w|rose|fell|reduc|chang|verleg|\bzog\b|umgezog|erhoh|gesenkt|stieg|demenag|transf"
    r"|augment|baiss|traslad|subi|bajo|aument|spost|verhui|verhoog|verlaag|mudou|went|expand|switch|ging|pass[eaoi]"
)
SAYERS = re.compile(
    r"(?<!pricing )(?<!official )(?<!own )(?<!its )(?<!company )(?<!product )(?<!the )\b(?:pages?|web ?sites?|sites?|portals?|guides?|sources?|people|reviews?|reviewers?|articles?|posts?|blogs?|bloggers?|directories|users?|forums?|newspapers?|listings?|profiles?"
    r"|databases?|commenters?|guests?|customers?|visitors?|travell?ers?|gaste|kunden|clientes|clienti|klanten|gasten|hospedes|fans|critics|competitors|others|portale|seiten|quellen|reisefuhrer|artikel|foren|leute|sites|pages|guides|gens|paginas|guias|foros|gente|pagine|guide|fonti|pagina's|bronnen|gidsen|mensen|fontes|pessoas)"
    r" (?:\w+ ){0,5}?(?:says?|said|complain(?:s|ed)?|grumbl(?:es?|ed)|claimed|listed|called|named|gave|reported|suggested|claims?|lists?|calls?|names?|mentions?|gives?|puts?|reports?|suggests?|states?|still (?:say|list|call|name|give)|that (?:say|call|claim|list|name|give|put)|sagen|nennen|schreiben|behaupten|disent|indiquent|affirment|dicen|indican|afirman|dicono|indicano|sostengono|zeggen|noemen|beweren|dizem|indicam|afirmam)\b"
)
WHAT = r"\b(?:which|that|this|it|both|das|dies|was|ce qui|cela|c'|lo cual|eso|esto|il che|wat|dat|o que|isso) ?"
BE = r"(?:is|are|was|were|ist|sind|war|est|etait|es|era|e|zijn|sao|also|equally|simply|just|plainly|quite|of course|ebenfalls|ebenso|schlicht|aussi|tout|egalement|tambien|anche|ook|tambem)"
NEVER = r"(?:not|n't|t|never|nie|nicht|pas|no|non|niet|nao|has never been|was never)"
WRONG = r"(?:wrong|false|mistaken|incorrect|untrue|inaccurate|nonsense|falsch|unzutreffend|ein irrtum|faux|inexact|falso|falsa|erroneo|sbagliato|errato|onjuist|fout|errado)"
RIGHT = r"(?:true|right|correct|accurate|the case|richtig|wahr|vrai|cierto|verdad|vero|waar|juist|verdade)"
CALLED_WRONG = re.compile(rf"{WHAT}(?:{BE} ){{1,3}}{WRONG}\b|{WHAT}(?:{BE} ?'?){{0,2}}{NEVER} (?:{BE} )?{RIGHT}\b")
SPEECH = re.compile(
    r"\b(?:says?|said|wrote|writes|called|calls|claims?|notes?|reads|quoted?|told|insist(?:s|ed)|argued?|alleg(?:es|ed)|complain(?:s|ed)|posted|tweeted|replied|asked|joked|behauptet\w*|affirme|asegura|sostiene|beweert|afirma|sagt|schreibt|schrieb|dit|ecrit|dice|escribe|scrive|zegt|schrijft|diz|escreve|urteilt|nannte|states?)\b"
)
# Verbs in the conditional; Spanish nouns end in -er\u00eda, so that only other stems are read.
CONDITIONAL = re.compile(
    r"\b(?:\w{2,}(?:ar|ir)\u00eda[ns]?|tendr\u00eda[ns]?|ser\u00eda[ns]?|podr\u00eda[ns]?|habr\u00eda[ns]?|\w{2,}rai(?:t|ent)|\w{2,}rebber?o?)\b",
    re.IGNORECASE,
)
NOT_RIGHT = re.compile(
    r"(?: quite| entirely| actually| ganz)? (?:correct|right|true|accurate|so|the case|richtig|wahr|korrekt|zutreffend|vrai|exact|cierto|verdad|correcto|vero|corretto|waar|juist|verdade|certo|prawda|prawdziwe)\b(?!,? (?:that|dass|que|che|dat|ze))"
)
ASKING = re.compile(
    r"\b(?:you(?:'re| are| were)? (?:also )?(?:ask|asking|asked|wonder|wondering|want(?:ed)? to know)|(?:vous|tu) (?:me )?demand\w+|(?:sie|du) (?:fragen|fragst|wollten wissen|mochten wissen)|(?:me )?pregunt(?:a|as|aba|an)\b"
    r"|(?:mi )?chied(?:e|i|ete)\b(?! (?:una?|il|lo|la|i|gli|le|\d))|(?:je|u) vraagt?|(?:me )?pergunt(?:a|as|ou)\b|pyta(?:sz|cie)\b|pyta (?:pan|pani)\b)"
)
WHEN_OPENED = re.compile(
    r"\b(?:when|als|quand|lorsqu'?\w*|cuando|quando|toen|kiedy|gdy)\b[^.;]{0,60}\b(?:opened|started|began|launched|was founded|eroffnet\w*|gegrundet wurde|startete|ouvert|ouvrit|fonde\w*|abrio|fundo|apri|aprì|opende|begon|abriu|otwart\w*)\b[^.;]{0,20}(?:1[89]|20)\d\d"
)
AGO = re.compile(
    r"\b(?:\w+ (?:years|decades|months) ago|vor (?:\w+ )?(?:jahren|jahrzehnten|monaten)|il y a (?:\w+ )?(?:ans|annees|mois)|hace (?:\w+ )?(?:anos|meses)|\w+ anni fa|\w+ jaar geleden|ha \w+ anos|\w+ lat temu)\b"
)
# "If I'm not mistaken", "wenn ich mich recht erinnere": a hedge, no condition.
HEDGED = re.compile(
    r"\b(?:(?:if|unless) (?:i(?:'m| am| recall| remember)|my memory|memory)\b[^,.;:]{0,32}?(?:mistaken|wrong|recall|remember|correctly|serves)"
    r"|(?:wenn|falls|sofern) (?:ich|mich|meine)\b[^,.;:]{0,40}?(?:irre|tausch\w+|erinner\w+|trugt)"
    r"|(?:si je|si j'|si ma|sauf)\b[^,.;:]{0,32}?(?:trompe|souviens|memoire|abuse|erreur)"
    r"|si (?:no )?(?:me|mal no|mi|la)\b[^,.;:]{0,32}?(?:equivoco|recuerdo|memoria|falla)"
    r"|se (?:non|ben|la)\b[^,.;:]{0,32}?(?:sbaglio|erro|inganno|ricordo|memoria)|salvo errori"
    r"|als (?:ik|mijn)\b[^,.;:]{0,32}?(?:vergis|herinner|goed heb|bedriegt)"
    r"|se (?:nao|bem|a)\b[^,.;:]{0,32}?(?:engano|erro|lembro|recordo|memoria)|(?:jesli|jezeli|o ile) (?:sie )?(?:nie|dobrze)\b[^,.;:]{0,24}?(?:myle|pamietam))(?:\b[^,.;:]{0,12}(?=,))?"
)
ANSWER = re.compile(r"[\s\"'*]*(?:no|nein|non|nee|nao|nie)[,.:;!](?= )")
# "Whoever is not satisfied can return it within 30 days": what may be done is another clause.
MAY = re.compile(r"\w (?:can|may|puo|possono|puede|pueden|kann|konnen|peut|peuvent|kan|kunnen|pode|podem|moze|moga) ")
WITHOUT = {"without", "ohne", "sans", "sin", "senza", "zonder", "sem", "bez"}
UP_TO = re.compile(
    r"\w (?:(?:for )?up to|for|bis(?: zu)?|jusqu'a|pendant|hasta|durante|fino a|per|tot|gedurende|ate|por|do|przez)(?: \w+)? ?$"
)
DEPENDS = re.compile(
    r" ?(?:(?:the|der|die|das|el|la|los|le|les|il|lo|i|het|de|o|a|os|l'|your|su|tu|sua|uw|votre|ihrem?|ihrer) ?)?(?:case|need|size|season|model|plan|taste|caso|casos|cas|tamano|talla|modelo|modele|taille|temporada|saison|stagione|taglia|modello|maat|model|seizoen|tarif|tarifa|necesidad\w*|besoins?|esigenz\w+|behoefte|necessidade\w*|gusto|gustos|gouts?|zona|region|regione|pais|pays|paese|boutiques?|tienda|negozio|wielkosci|sezonu|potrzeb)\b"
)
THAT = re.compile(r",? (?:that|dass|que|qu'|che|dat|ze|for|of)\b")
TEMPORAL = re.compile(
    r"\s*(?:until|till|up to|bis|jusqu'en|hasta|fino al|tot|ate|do|in|back in|as of|by|im jahre?|im|en|nel|em|w|anno)\s+(?P<year>(?:19|20)\d\d)\b,? (?!gegrundet|fondee?|fundad|fondat|opgericht|zalozon)"
)
WERE_IT = re.compile(r"[a-z]{3}(?:asse|esse|isse|iera|ieran|assem|essem|issem|assero|essero|issero)\b")  # "se mudasse"
UNTRUE = re.compile(
    r"\b(?:not true|untrue|stimmt nicht|pas vrai|no es (?:cierto|verdad)|non e vero|niet waar|klopt niet|nao e verdade|nieprawd\w+|nie jest prawda)\b"
)
# "Hasn't moved", "ist nicht umgezogen": who has not moved is where it was.
STAYED = re.compile(
    r" (?:\w+ ){0,2}?(?:moved|relocated|left|umgezogen|weggezogen|demenage|bouge|mudado|trasladado|movido|trasferit\w|spostat\w|moss\w|verhuisd|mudou|mudaram|przeniosl\w+)\b(?! (?:to|into|its|their|nach|ins|a|al|en|naar|para|do|na)\b)"
)
# Says that a name is somebody else's: "is a different company", "hat nichts mit … zu tun".
UNRELATED = re.compile(
    r"\b(?:(?:is|are) (?:an? )?(?:entirely |completely |quite |totally )?(?:different|separate|unrelated|another) (?:\w+ )?(?:company|companies|firms?|brands?|business(?:es)?|organi[sz]ations?|makers?)|unrelated to|no (?:relation|connection|link) (?:to|with)|(?:has|have|had) nothing (?:\w+ )?to do with|not (?:to be )?(?:confused|mistaken) (?:with|for)"
    r"|(?:ist|sind) (?:eine? )?(?:vollig |ganz )?(?:andere[sr]?|eigenstandige[sr]?) (?:unternehmen|firma|marke)|nichts mit (?:[\w'-]+ ){1,4}zu tun|nicht (?:zu )?verwechsel\w+|n'a rien a voir|aucun (?:lien|rapport) avec|(?:est|sont) une autre (?:entreprise|societe|marque)|ne pas confondre"
    r"|no tiene(?:n)? nada que ver|es otra (?:empresa|marca|compania)|sin relacion con|no confundir|non ha (?:nulla|niente) a che (?:fare|vedere)|e un'altra (?:azienda|societa|impresa)|da non confondere|heeft niets (?:te maken )?(?:met|van doen)|is een ander bedrijf|niet te verwarren"
    r"|nao tem nada a ver|nada tem a ver|e outra (?:empresa|marca)|nao confundir|nie ma nic wspolnego|to inna (?:firma|spolka|marka)|nie mylic)\b|とは無関係|とは別の会社|とは関係(?:が|の)?ない|是另一家|无关|没有关系"
)
# Tells whoever reads what to ask or compare, or how such things commonly are: nothing of one company.
ADVISES = re.compile(
    r"(?:^|, |\b(?:and|und|et|y|e|en|i) )[\s\"'*(-]*(?:(?:also|always|please|then|first|do) )?(?:ask(?! for)|compare|check (?:if|whether|the|that|what|how|which|their|its)|request|verify|make sure|find out|look (?:for|at|into)|fragen? sie|frag|vergleichen sie|vergleiche?|achten? sie|achte|prufen sie|prufe|demandez|verifiez|comparez|renseignez|pregunt[ae]|compar[ae]|comprueb[ae]|verifi(?:ca|que)|asegurese|chied(?:i|ete)|verificate|confront(?:a|ate)|vraag|controleer|vergelijk|let op|peca|pergunte|popros|sprawdz|porownaj|zapytaj|zwroc uwage)\b"
)
COMMONLY = re.compile(
    r"\b(?:is|are|can be|may be) (?:\w+ )?(?:handy|useful|important|common|essential|worth|nice|crucial|standard)\b|\b(?:often|usually|typically|generally|commonly|as a rule|in general|in der regel|meist|meistens|oft|haufig|ublicherweise|normalerweise|generellement|souvent|en general|habituellement|a menudo|normalmente|suele\w*|generalmente|por lo general|spesso|di solito|in genere|vaak|meestal|doorgaans|over het algemeen|geralmente|muitas vezes|costuma\w*|zwykle|czesto|zazwyczaj)\b"
)
# Opens a sentence that takes the one before it back.
CORRECTING = re.compile(
    r"[\s\"'(*]*(?:(?:no|oh|ah|oops|hm+),? )?(?:wait|scratch that|correction|oops|hold on|hang on|let me correct|i misspoke|my mistake|i mixed (?:up|that|them)|moment(?: mal)?|halt|stopp|korrektur|ich korrigiere|da habe ich mich|attendez|erreur de ma part|je me corrige|je rectifie|rectification|me equivoque|correccion|rectifico|perdon|aspetta|mi correggo|errata corrige|correzione|wacht|correctie|ik vergis|corrijo|correcao|enganei-me|chwila|poprawka|sprostowanie|pomylilem|pomylilam)\b[^\w]"
    r"|[\s\"]*(?:訂正|失礼|すみません、間違|更正|不对|等一下|抱歉,(?:我)?(?:说错|搞错|记错))"
)
