"""Names to make people up from: with accents, apostrophes and letters that are not Latin."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Name:
    """A name as its bearer writes it, and as it stands in a user name."""

    written: str
    latin: str


@dataclass(frozen=True)
class Culture:
    """Given and family names that go together."""

    given: tuple[Name, ...]
    family: tuple[Name, ...]


def _names(text: str) -> tuple[Name, ...]:
    """Read names, each of which is written as itself or as `written=latin`."""
    pairs = (word.partition("=") for word in text.split())
    return tuple(Name(written, latin or written.lower()) for written, _, latin in pairs)


CULTURES: Final = (
    Culture(
        _names("Alice Grace Henry Maeve=maeve Siobhán=siobhan Thomas Zoë=zoe"),
        _names("Baker Byrne Clarke O'Neill=oneill Smith-Jones Turner Walsh"),
    ),
    Culture(
        _names("Anaïs=anais Benoît=benoit Chloé=chloe François=francois Hélène=helene Rémi=remi"),
        _names("Bérard=berard Dupré=dupre Garçon=garcon Lefèvre=lefevre Moreau Noël=noel"),
    ),
    Culture(
        _names("Álvaro=alvaro Begoña=begona Inés=ines José=jose Lucía=lucia Núria=nuria"),
        _names("Fernández=fernandez Ibáñez=ibanez López=lopez Muñoz=munoz Ramírez=ramirez Vidal"),
    ),
    Culture(
        _names("Åsa=asa Björn=bjorn Jürgen=juergen Käthe=kaethe Søren=soeren Þóra=thora"),
        _names("Groß=gross Jørgensen=joergensen Lindström=lindstroem Müller=mueller Weiß=weiss"),
    ),
    Culture(
        _names(
            "Agnieszka Đorđe=djordje Łukasz=lukasz Małgorzata=malgorzata Şule=sule Željko=zeljko"
        ),
        _names("Dvořák=dvorak Kovačević=kovacevic Şahin=sahin Wałęsa=walesa Wiśniewski=wisniewski"),
    ),
    Culture(
        _names("Дмитрий=dmitri Екатерина=ekaterina Олександр=oleksandr Світлана=svitlana"),
        _names("Иванова=ivanova Коваленко=kovalenko Соколов=sokolov Шевченко=shevchenko"),
    ),
    Culture(
        _names("Ελένη=eleni Γιώργος=giorgos Κατερίνα=katerina Νίκος=nikos"),
        _names("Γεωργίου=georgiou Νικολάου=nikolaou Παπαδάκης=papadakis"),
    ),
    Culture(
        _names("伟=wei 秀英=xiuying 建国=jianguo 小红=xiaohong"),
        _names("王=wang 李=li 张=zhang 欧阳=ouyang"),
    ),
    Culture(
        _names("さくら=sakura 健太=kenta 美咲=misaki 翔=sho"),
        _names("佐藤=sato 鈴木=suzuki 高橋=takahashi 渡辺=watanabe"),
    ),
    Culture(
        _names("أمينة=amina خالد=khalid ليلى=layla يوسف=youssef"),
        _names("الحسن=alhassan حداد=haddad منصور=mansour"),
    ),
    Culture(
        _names("अनिल=anil काव्या=kavya प्रिया=priya राहुल=rahul"),
        _names("गुप्ता=gupta पटेल=patel शर्मा=sharma"),
    ),
    Culture(
        _names("Hiếu=hieu Ngọc=ngoc Quỳnh=quynh Thảo=thao"),
        _names("Đặng=dang Nguyễn=nguyen Phạm=pham Trần=tran"),
    ),
)

DEPARTMENTS: Final = (
    "Engineering",
    "Design",
    "Sales",
    "Customer care",
    "Finance",
    "Research & development",
    "Forschung Zürich",
    "営業部",
)
