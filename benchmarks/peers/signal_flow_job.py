"""One job of SignalFlow, run by the Python of its own environment, which has nothing of this repository.

    python signal_flow_job.py NUMBERS SHORT LONG [OUT]     NUMBERS: a JSON file that signal_flow.py has written

Renders SHORT seconds in blocks, prints its clock, renders on to LONG, prints it again. OUT receives float32, 8 channels interleaved.
"""
import json
import sys
import time

import numpy as np
import signalflow as sf


def voices(graph, given, noise):
    """Players and saws: each into all outputs by its gains."""
    for voice in given["voices"]:
        if "rate" in voice:
            sound = sf.BufferPlayer(noise, rate=voice["rate"], loop=True)
        else:
            sound = sf.SVFilter(sf.SawOscillator(voice["frequency"]), "low_pass", cutoff=voice["cutoff"], resonance=given["resonance"])
            sound = sound * sf.ADSREnvelope(given["attack"], 0.01, 1.0, 0.5, 1)
        graph.play(sound * sf.ChannelArray(voice["gains"]))


def installation(graph, given, noise):
    """Sources on the ring, a reverb of their sum, and delay, equaliser and compressor over all eight."""
    sources = [sf.BufferPlayer(noise, rate=rate, loop=True) * given["player_level"] for rate in given["rates"]]
    for _ in range(given["granulators"]):
        clock = sf.Impulse(given["grains_a_second"])
        cloud = sf.Granulator(noise, clock=clock, pos=sf.RandomUniform(0, 9.7, clock=clock), duration=given["grain"], max_grains=32)
        sources.append(sf.ChannelMixer(1, cloud) * given["grain_level"])
    sources += [sf.SineOscillator(frequency) * given["sine_level"] for frequency in given["sines"]]
    ring = [sf.AzimuthPanner(given["outputs"], source, pan=sf.SawLFO(abs(speed), -1.0, 1.0)) for source, speed in zip(sources, given["speeds"])]
    room = sf.FeedbackDelayNetwork(sf.Sum(sources) * given["send"], num_delays=8, feedback=0.85, wet=1.0, dry=0.0)
    sound = sf.Sum(ring) + room
    sound = sf.OneTapDelay(sound, sf.ChannelArray(given["delays"]), 0.05)
    sound = sf.EQ(sound, given["low"], given["middle"], given["high"], 120, 6000)
    graph.play(sf.Compressor(sound, threshold=given["ceiling"], ratio=100, attack_time=0.001, release_time=0.08))


def main(numbers, short, long, out=""):
    with open(numbers) as file:
        given = json.load(file)
    graph = sf.AudioGraph(output_device=sf.AudioOut_Dummy(given["outputs"], given["sample_rate"], given["block"]), start=False)
    noise = sf.Buffer(given["noise"])
    (voices if given["voices"] else installation)(graph, given, noise)
    block = sf.Buffer(given["outputs"], given["sample_rate"] // 4 // given["block"] * given["block"])
    parts, seconds = [], block.num_frames / given["sample_rate"]
    for length in (float(short), float(long) - float(short)):
        for _ in range(round(length / seconds)):
            graph.render_to_buffer(block)
            if out:
                parts.append(np.array(block.data, np.float32).T.copy())
        print("clock:", time.process_time())
    if out:
        np.concatenate(parts).tofile(out)


if __name__ == "__main__":
    main(*sys.argv[1:])
