"""The MQTT broker of a piece, as config.yaml declares it (`mqtt:`). Without it, nothing speaks MQTT."""
from __future__ import annotations

from dataclasses import dataclass

from ..terms.words import both
from .schema.hidden import secret
from .schema.key import key
from .schema.sorts import Text, Whole
from .source import Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class MqttRecord:
    """A broker on the room's own network. prefix: what the engine's own topics begin with."""

    host: str = key(Text(longest=253), both("name or address of the broker", "nom ou adresse du broker"))
    port: int = key(Whole(1, 65535), both("its TCP port", "son port TCP"), default=1883)
    user: str | None = key(Text(longest=256), both("user name, where it asks for one", "nom d'utilisateur, s'il en demande un"), default=None)
    password: Secret | None = key(secret(), both("password; better in `password_file`", "mot de passe ; plutôt dans `password_file`"), default=None)
    password_file: str | None = key(Text(longest=1024), both("a file that holds the password and nothing else; from the piece's folder, or a whole path",
                                                             "un fichier qui contient le mot de passe et rien d'autre ; depuis le dossier de la pièce, ou un "
                                                             "chemin entier"), default=None)
    client: str | None = key(Text(longest=64), both("name by which the broker knows this machine; without it, one is made of the machine's own",
                                                    "nom sous lequel le broker connaît cette machine ; sinon, fait du nom de la machine"), default=None)
    prefix: str = key(Text(longest=128), both("what the engine's own topics begin with", "le début des sujets (topics) du moteur"), default="installation")
    where: str = ""
