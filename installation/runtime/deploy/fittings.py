"""What the machine is given beside the unit, so that a piece plays every day: small files, each for one purpose, said in one line.

    fittings(machine, wishes)      those that this machine can take, and what is to be said of those that it cannot
    Machine(root)                  where its folders begin; tests give another root
    Wishes                         what the one who installs asks for

Nothing is written here (fitting.py does that), so `--dry-run` shows exactly what would be.
"""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ...terms.words import Words, both

NAME = "90-installation"
GOVERNOR = "installation-governor.service"
REBOOTS = ("org.freedesktop.login1.reboot", "org.freedesktop.login1.reboot-multiple-sessions")

_LIMITS = """\
# real time and memory that is not paged out, for who starts the piece from a terminal
@audio - rtprio 80
@audio - memlock 1048576
"""
_GOVERNOR = """\
# the processor at its full speed, so that no block of sound is late while it would be speeding up; what it was before comes back at the stop
[Unit]
Description=Full speed for the sound installation
[Service]
Type=oneshot
RemainAfterExit=yes
RuntimeDirectory=installation-governor
ExecStart=/bin/sh -c 'cd /sys/devices/system/cpu/cpufreq || exit 0; for p in policy*; do cat $$p/scaling_governor > /run/installation-governor/$$p; \
echo performance > $$p/scaling_governor; done; true'
ExecStop=/bin/sh -c 'cd /run/installation-governor || exit 0; for p in policy*; do cat $$p > /sys/devices/system/cpu/cpufreq/$$p/scaling_governor; done; true'
[Install]
WantedBy=multi-user.target
"""
_WIFI = """\
# Wi-Fi that sleeps answers late, and loses the messages of tablets and sensors
[connection]
wifi.powersave=2
"""
_WATCHDOG = """\
# where the whole machine hangs, its own hardware starts it anew; a Raspberry Pi cannot wait for longer than 15 s
[Manager]
RuntimeWatchdogSec=14
"""
_JOURNAL = """\
# what was said before a power cut can still be read, and never fills the card
[Journal]
Storage=persistent
SystemMaxUse=100M
SystemMaxFileSize=10M
"""
_POLKIT = """\
// the service's user may start the machine anew, because the piece says `care: {reboot: true}`
polkit.addRule(function(action, subject) {
    if (ACTIONS.indexOf(action.id) >= 0 && subject.user == "USER") {
        return polkit.Result.YES;
    }
});
"""


@dataclass(frozen=True, slots=True)
class Machine:
    """The machine whose folders begin at `root`."""

    root: Path = Path("/")

    def has(self, place: str) -> bool:
        """Whether there is such a file or folder."""
        return (self.root / place).exists()


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What is asked for. user: as whom the piece runs; reboot: whether the piece may start the machine anew."""

    user: str
    reboot: bool = False


@dataclass(frozen=True, slots=True)
class Fitting:
    """One file. does: what it is for, in a line; unit: whether it is a unit that is started, and begins at every boot."""

    place: str
    text: str
    does: Words
    unit: bool = False


def fittings(machine: Machine, wishes: Wishes) -> tuple[list[Fitting], list[Words]]:
    """The files for this machine, and what has to be said of what is not done."""
    found = [Fitting(f"etc/security/limits.d/{NAME}.conf", _LIMITS, both("real-time priority from a terminal too, for the group audio",
                                                                         "la priorité temps réel aussi depuis un terminal, pour le groupe audio")),
             Fitting(f"etc/systemd/system.conf.d/{NAME}.conf", _WATCHDOG, both("the hardware's watchdog, from the next boot on",
                                                                               "le chien de garde du matériel, dès le prochain démarrage")),
             Fitting(f"etc/systemd/journald.conf.d/{NAME}.conf", _JOURNAL, both(
                 "a journal that outlives power cuts, 100 MB at most, from the next boot on",
                 "un journal qui survit aux coupures, 100 Mo au plus, dès le prochain démarrage"))]
    said: list[Words] = []
    optional: tuple[tuple[Callable[[], bool], Fitting, Words], ...] = (
        (lambda: machine.has("sys/devices/system/cpu/cpufreq"),
         Fitting(f"etc/systemd/system/{GOVERNOR}", _GOVERNOR, both("the processor at full speed", "le processeur à pleine vitesse"), unit=True),
         both("this machine does not let its processor's speed be set", "cette machine ne laisse pas régler la vitesse de son processeur")),
        (lambda: machine.has("etc/NetworkManager"),
         Fitting(f"etc/NetworkManager/conf.d/{NAME}.conf", _WIFI, both("Wi-Fi that does not sleep, from the next boot on",
                                                                       "un Wi-Fi qui ne s'endort pas, dès le prochain démarrage")),
         both("no NetworkManager here: where there is Wi-Fi, switch its power saving off (`iw dev wlan0 set power_save off` at each boot)",
              "pas de NetworkManager ici : s'il y a du Wi-Fi, coupez son économie d'énergie (`iw dev wlan0 set power_save off` à chaque démarrage)")))
    for can, fitting, otherwise in optional:
        if can():
            found.append(fitting)
        else:
            said.append(otherwise)
    if wishes.reboot:
        text = _POLKIT.replace("ACTIONS", str(list(REBOOTS)).replace("'", '"')).replace("USER", wishes.user)
        if machine.has("etc/polkit-1"):
            found.append(Fitting(f"etc/polkit-1/rules.d/{NAME}.rules", text, both(f"{wishes.user} may start the machine anew (`care: {{reboot: true}}`)",
                                                                                  f"{wishes.user} peut redémarrer la machine (`care: {{reboot: true}}`)")))
        else:
            said.append(both("`care: {reboot: true}` needs polkit: apt install polkitd, then install again",
                             "`care: {reboot: true}` demande polkit : apt install polkitd, puis réinstallez"))
    if any(machine.has(f"usr/bin/{server}") for server in ("pulseaudio", "pipewire")):
        said.append(both("a desktop's sound server may hold the card: systemctl --global mask pulseaudio.socket pulseaudio.service pipewire.socket "
                         "pipewire-pulse.socket, then start the machine anew",
                         "le serveur de son d'un bureau peut tenir la carte : systemctl --global mask pulseaudio.socket pulseaudio.service pipewire.socket "
                         "pipewire-pulse.socket, puis redémarrez la machine"))
    if not machine.has("lib/systemd/system/systemd-timesyncd.service") and not machine.has("usr/sbin/chronyd"):
        said.append(both("nothing sets the clock: apt install systemd-timesyncd", "rien ne met l'horloge à l'heure : apt install systemd-timesyncd"))
    return found, said
