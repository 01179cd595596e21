"""Good tables to mutate: small made-up ones of the layouts met most, and the first rows of every shared file."""

from __future__ import annotations

import csv
import os
from pathlib import Path

from sojourn.series.codes import DataError
from sojourn.series.importers.registry import read_file
from sojourn.series.importers.source_file import SourceFile
from verification.importer_mutations import Sample, read_sample

__all__ = ["SHARED", "made_up", "shared_samples"]

SHARED = Path(os.environ.get("SOJOURN_SHARED", Path(__file__).parents[1].parent / "shared")) / "data"
_ROWS = 60

_TABLES = {
    "nationwide-aor": """
Fiscal Year,Month Grouping,Month (abbv),Component,Land Border Region,Area of Responsibility,AOR (Abbv),Demographic,Citizenship,Title of Authority,Encounter Type,Encounter Count
2023,FYTD,OCT,U.S. Border Patrol,Southwest Land Border,San Diego Sector,SDC,FMUA,"CHINA, PEOPLES REPUBLIC OF",Title 8,Apprehensions,5
2023,FYTD,NOV,Office of Field Operations,Southwest Land Border,San Diego Field Office,San Diego,Single Adults,INDIA,Title 8,Inadmissibles,7
""",
    "nationwide-state": """
Fiscal Year,Month Grouping,Month (abbv),Land Border Region,State,Demographic,Citizenship,Title of Authority,Encounter Count
2023,FYTD,OCT,Southwest Land Border,CA,FMUA,"CHINA, PEOPLES REPUBLIC OF",Title 8,5
2023 (FYTD),Remaining,NOV,Other,NY,Single Adults,OTHER,Title 8,7
""",
    "sbo-encounters": """
Fiscal Year,Month Grouping,Month (abbv),Component,Demographic,Citizenship Grouping,Title of Authority,Encounter Type,Encounter Count
2022,FYTD,OCT,Office of Field Operations,Accompanied Minors,El Salvador,Title 42,Expulsions,1
2022,FYTD,NOV,U.S. Border Patrol,FMUA,Other,Title 8,Apprehensions,1020
""",
    "asylum-applications": """
Year,Country of origin,Country of asylum,Country of origin (ISO),Country of asylum (ISO),Authority,Application type,Stage of procedure,Cases / Persons,applied
2010,Albania,Austria,ALB,AUT,G,NR,FA,P,17
2011,Côte d'Ivoire,United States of America,CIV,USA,G,N,IN,C,208
""",
    "asylum-decisions": """
Year,Country of origin,Country of origin (ISO),Country of asylum,Country of asylum (ISO),Authority,Stage of procedure,Cases / Persons,Recognized decisions,Complementary protection,Rejected decisions,Otherwise closed,Total decisions
2017,Afghanistan,AFG,United States of America,USA,G,AR,P,5,0,0,5,10
2017,China,CHN,United States of America,USA,G,EO,P,24,0,15,10,49
""",
    "population": """
Year,Country of origin,Country of origin (ISO),Country of asylum,Country of asylum (ISO),Refugees under UNHCR's mandate,Asylum-seekers,Returned refugees,IDPs of concern to UNHCR,Returned IDPss,Stateless persons,Others of concern,Other people in need of international protection,Host Community
2022,China,CHN,United States of America,USA,500,1031,0,0,0,0,0,-,0
2023,Syrian Arab Rep.,SYR,Germany,DEU,705818,60000,0,0,0,0,0,-,0
""",
    "hdx-population": """
Year,ISO3CoO,ISO3CoA,REF,IDP,ASY,OOC,STA,VDA
1980,AFG,PAK,1428230,0,0,0,0,0
1981,UKN,IRN,2000,0,7,0,0,0
""",
    "solutions": """
Year,Country of Origin Code,Country of Asylum Code,Country of Origin Name,Country of Asylum Name,Resettlement arrivals,Naturalisation,Refugee returns,IDP returns
2019,SYR,USA,Syrian Arab Republic,United States of America,563,0,0,0
2020,AFG,PAK,Afghanistan,Pakistan,0,0,1092,0
""",
    "frontex": """
Route,Border Type,Nationality,JAN2023,FEB2023,MAR2023
Central Mediterranean Route,Sea,Tunisia,686,195,372
Western Balkan Route,Land,Côte d'Ivoire,3,0,45
""",
    "frontex-long": """
route,type,nat,t,n
Central Mediterranean Route,Sea,BFA,2009-01-01,1
Western Balkan Route,Land,SYR,2009-02-01,41
""",
    "estat_migr_asyappctzm": """
freq,citizen,sex,applicant,unit,age,geo,TIME_PERIOD,OBS_VALUE,OBS_FLAG
M,CN,T,FRST,PER,TOTAL,DE,2024-01,45,
M,SY,F,FRST,PER,Y18-34,EL,2024-02,1005,p
""",
    "migr_asyappctza-wide": """
CITIZEN,GEO,SEX,APPLICANT,2015,2016
Afghanistan,Germany,Total,Asylum applicant,31380,127010
Syria,Czech Rep.,Total,Asylum applicant,165,:
""",
    "migr_asydcfsta": """
freq,unit,citizen,sex,age,decision,geo,TIME_PERIOD,OBS_VALUE
A,PER,CN,T,TOTAL,TOTAL,FR,2023,100
A,PER,CN,T,TOTAL,GENCONV,FR,2023,60
""",
    "eurostat-yearly": """
geo,t,nat,sex,n
AUT,2011,AFG,female,835
AUT,2011,AFG,male,2795
""",
    "asy_d01": """
Year,Quarter,Nationality,Region,Applicant type,Age,Sex,UASC,Location of application,Applications
2023,2023 Q1,China,Asia East,Main applicant,18-29,Male,Non-UASC,In Country,1010
2023,2023 Q2,Other and unknown,Other,Dependant,Under 18,Female,Non-UASC,At Port,3
""",
    "asy_d02": """
Year,Quarter,Nationality,Region,Case type,Case outcome group,Case outcome,Age,Sex,Applicant type,UASC,Decisions
2023,2023 Q2,Syria,Middle East,Asylum Case,Refused,Other refusals,18-29,Male,Main applicant,Non-UASC,9
2023,2023 Q3,Syria,Middle East,Resettlement Case,Grant of Protection,UKRS,18-29,Male,Main applicant,Non-UASC,11
""",
    "asy_d03": """
Date,Nationality,Region,Applicant type,Application stage,Duration,Applications
2010-06-30,Afghanistan,Asia Central,Dependant,Pending further review,N/A - Further review,129
2010-09-30,Albania,Europe Other,Main applicant,Pending initial decision,More than 6 months,39
""",
    "dtm": """
operation,admin0Name,admin0Pcode,admin1Name,admin2Name,numPresentIdpInd,reportingDate,roundNumber,displacementReason
Lebanon Crisis,Lebanon,LBN,Akkar,Akkar,5432,2024-10-03,1,Conflict
Lebanon Crisis,Lebanon,LBN,Beirut,,1000,2024-10-03,1,Conflict
""",
}


def made_up() -> list[Sample]:
    """Return the made-up tables."""
    found = []
    for name, text in _TABLES.items():
        header, *rows = csv.reader(text.strip().splitlines())
        found.append(Sample(name, tuple(header), tuple(tuple(row) for row in rows)))
    return found


def shared_samples(folder: Path) -> list[Sample]:
    """Return the first rows of every shared CSV file whose first rows can be imported alone; ``folder`` is for drafts."""
    found = []
    for path in sorted(SHARED.rglob("*.csv*")):
        sample = read_sample(path, _ROWS)
        draft = folder / f"{sample.name}.csv"
        with draft.open("w", newline="", encoding="utf-8") as file:
            csv.writer(file, lineterminator="\n").writerows([sample.header, *sample.rows])
        try:
            read_file(SourceFile(draft))
        except DataError:
            continue
        finally:
            draft.unlink()
        found.append(sample)
    return found
