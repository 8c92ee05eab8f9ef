/* The limit: the same work as one plain C program, written for the compiler to make vectors of it.

       plain KIND VOICES NOISE SHORT LONG [OUT]     KIND: cubic, linear, saws, installation. NOISE: raw float32 of the recording

   Renders SHORT seconds, prints its clock, renders on to LONG seconds, prints it again. OUT receives float32, 8 channels. It does
   nothing else: no graph, no parameter that can move, no meters, no guard; every number is known when it is compiled or started. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "numbers.h"                                   /* written by plain.py out of work.py */

#define N 64
#define TABLE 480000
#define SPARE 16384                                    /* the recording's beginning once more, so that no read needs a wrap */
#define TAU 6.28318530718f

static float table[1 + TABLE + SPARE], out[N][8];
static int kind, voices;
enum { CUBIC, LINEAR, SAWS, INSTALLATION };

/* ---- players ------------------------------------------------------------------------------------------------------------- */

typedef struct { int whole; float part; } place_t;
static place_t places[256];

static float cubic(const float *y, float t)
{
    float c1 = 0.5f * (y[2] - y[0]), c2 = y[0] - 2.5f * y[1] + 2.0f * y[2] - 0.5f * y[3];
    float c3 = 0.5f * (y[3] - y[0]) + 1.5f * (y[1] - y[2]);
    return ((c3 * t + c2) * t + c1) * t + y[1];
}

static void play(place_t *at, float rate, int linear, float *x)
{
    const float *from = table + at->whole;             /* one before */
    if (linear)
        for (int n = 0; n < N; n++) {
            float place = at->part + rate * n;
            int whole = (int)place;
            float t = place - whole;
            x[n] = from[1 + whole] + t * (from[2 + whole] - from[1 + whole]);
        }
    else
        for (int n = 0; n < N; n++) {
            float place = at->part + rate * n;
            int whole = (int)place;
            x[n] = cubic(from + whole, place - whole);
        }
    float place = at->part + rate * N;
    at->whole += (int)place;
    at->part = place - (int)place;
    if (at->whole >= TABLE)
        at->whole -= TABLE;
}

static void spray(const float *x, const float *gain)
{
    for (int n = 0; n < N; n++)
        for (int c = 0; c < 8; c++)
            out[n][c] += x[n] * gain[c];
}

/* ---- saws: sixteen beside each other ------------------------------------------------------------------------------------- */

#define L 16
typedef float eight __attribute__((vector_size(32)));
static float phase[256], one[256], two[256], level;

static float least(float a, float b) { return a < b ? a : b; }      /* fminf would ask about NaN, one voice at a time */

static float before(float d)                           /* the integral of a cubic B-spline: as in installation/dsp/saw.py */
{
    float u = 2.0f - d, v = u - 1.0f, far = u * u;
    return v < 0.0f ? far * far / 24.0f : 1.0f / 24.0f + v * (1.0f / 6.0f + v * (0.25f + v * (1.0f / 6.0f - v * 0.125f)));
}

static float turn[256], cross[256], square[256], pace[256];

static void tune(void)                                 /* once: no cutoff moves */
{
    for (int v = 0; v < voices; v++) {
        float g = tanf(TAU / 2.0f * CUTOFF[v] / RATE), k = 1.0f / Q, a = 1.0f / (1.0f + g * (g + k));
        turn[v] = 2.0f * a - 1.0f, cross[v] = 2.0f * g * a, square[v] = 2.0f * g * g * a, pace[v] = RATE / FREQUENCY[v];
    }
}

static void saws(void)
{
    for (int v = 0; v < voices; v += L) {
        float p[L], s1[L], s2[L], x[N][L], env = level;
        for (int l = 0; l < L; l++)
            p[l] = phase[v + l], s1[l] = one[v + l], s2[l] = two[v + l];
        for (int n = 0; n < N; n++) {
            env = least(1.0f, env + 1.0f / (ATTACK * RATE));
            for (int l = 0; l < L; l++) {
                float saw = 2.0f * p[l] - 1.0f
                    - 2.0f * (before(least((1.0f - p[l]) * pace[v + l], 2.0f)) - before(least(p[l] * pace[v + l], 2.0f)));
                float v3 = saw - s2[l];
                float up = turn[v + l] * s1[l] + cross[v + l] * v3;
                float over = s2[l] + cross[v + l] * s1[l] + square[v + l] * v3;
                x[n][l] = 0.5f * (s2[l] + over) * env;
                s1[l] = up, s2[l] = over;
                float next = p[l] + FREQUENCY[v + l] / RATE;
                p[l] = next >= 1.0f ? next - 1.0f : next;
            }
        }
        for (int l = 0; l < L; l++)
            phase[v + l] = p[l], one[v + l] = s1[l], two[v + l] = s2[l];
        for (int n = 0; n < N; n += 4) {               /* four frames at once: no sum waits for the one before */
            eight sum[4];
            memcpy(sum, out[n], sizeof sum);
            for (int l = 0; l < L; l++) {
                eight gain;
                memcpy(&gain, GAINS[v + l], sizeof gain);
                for (int m = 0; m < 4; m++)
                    sum[m] += x[n + m][l] * gain;
            }
            memcpy(out[n], sum, sizeof sum);
        }
    }
    level = least(1.0f, level + N / (ATTACK * RATE));
}

/* ---- an installation ----------------------------------------------------------------------------------------------------- */

static float send[N], azimuth[SOURCES], beside[SOURCES][8];

static void put(int source, const float *x)            /* on the ring; its gains run straight through a block */
{
    float gain[8] = {0}, *was = beside[source], turn = azimuth[source] * 8.0f;
    int arc = (int)turn & 7;
    float first = sinf((1.0f - (turn - (int)turn)) * TAU / 8.0f), second = sinf((turn - (int)turn) * TAU / 8.0f);
    float power = sqrtf(first * first + second * second);
    gain[arc] = first / power, gain[(arc + 1) & 7] = second / power;
    for (int n = 0; n < N; n++) {
        send[n] += x[n] * SEND;
        for (int c = 0; c < 8; c++)
            out[n][c] += x[n] * (was[c] + (gain[c] - was[c]) * n * (1.0f / N));
    }
    memcpy(was, gain, sizeof gain);
    azimuth[source] += SPEED[source] * N / RATE;
    azimuth[source] -= floorf(azimuth[source]);
}

#define GRAINS 20
static int age[GRANULATORS][GRAINS], from[GRANULATORS][GRAINS];
static float hann[GRAIN_FRAMES];
static unsigned seed = 1;

static void granulate(int g, float *x)
{
    memset(x, 0, N * sizeof *x);
    for (int k = 0; k < GRAINS; k++) {
        int n = 0;
        while (n < N) {
            if (age[g][k] >= GRAIN_FRAMES) {
                age[g][k] = 0, seed = seed * 1664525u + 1013904223u;
                from[g][k] = (int)((seed >> 8) % (TABLE - GRAIN_FRAMES));
            }
            int count = GRAIN_FRAMES - age[g][k] < N - n ? GRAIN_FRAMES - age[g][k] : N - n;
            const float *grain = table + from[g][k] + age[g][k], *window = hann + age[g][k];
            for (int m = 0; m < count; m++)
                x[n + m] += cubic(grain + m, 0.25f) * window[m] * GRAIN_LEVEL;
            age[g][k] += count, n += count;
        }
    }
}

static float lines[8][8192], dull[8];
static int now;
static const int LENGTHS[8] = {1949, 2203, 2467, 2741, 3019, 3319, 3607, 3911};

static void reverb(void)
{
    float gain[8], pole[8];
    for (int k = 0; k < 8; k++) {
        gain[k] = expf(-6.9078f * LENGTHS[k] / (DECAY * RATE));
        pole[k] = (1.0f - gain[k]) / (1.0f + gain[k]);
    }
    for (int n = 0; n < N; n++, now = (now + 1) & 8191) {
        float work[8];
        for (int k = 0; k < 8; k++) {
            dull[k] += (1.0f - pole[k]) * (lines[k][(now - LENGTHS[k]) & 8191] - dull[k]);
            out[n][k] += dull[k] * 0.35f;
            work[k] = dull[k] * gain[k] * 0.35355339f;
        }
        for (int half = 1; half < 8; half *= 2)
            for (int first = 0; first < 8; first += 2 * half)
                for (int k = first; k < first + half; k++) {
                    float a = work[k], b = work[k + half];
                    work[k] = a + b, work[k + half] = a - b;
                }
        for (int k = 0; k < 8; k++)
            lines[k][now] = work[k] + (k == 3 || k > 4 ? -send[n] : send[n]);
    }
}

static float rings[1024][8], z1[3][8], z2[3][8], held[8];
static int write;

static void outputs(void)                              /* delay, three bands, a limiter without look-ahead, on each */
{
    for (int n = 0; n < N; n++, write = (write + 1) & 1023)
        for (int c = 0; c < 8; c++) {
            rings[write][c] = out[n][c];
            float x = rings[(write - DELAY[c]) & 1023][c];
            for (int b = 0; b < 3; b++) {
                float y = BANDS[b][0] * x + z1[b][c];
                z1[b][c] = BANDS[b][1] * x - BANDS[b][3] * y + z2[b][c];
                z2[b][c] = BANDS[b][2] * x - BANDS[b][4] * y;
                x = y;
            }
            held[c] = fmaxf(fabsf(x), held[c] * 0.9998f);
            out[n][c] = held[c] > CEILING ? x * CEILING / held[c] : x;
        }
}

static float sine_phase[SINES];

static void installation(void)
{
    float x[N];
    memset(send, 0, sizeof send);
    for (int v = 0; v < PLAYERS; v++) {
        play(&places[v], RATES[v], 0, x);
        for (int n = 0; n < N; n++)
            x[n] *= PLAYER_LEVEL;
        put(v, x);
    }
    for (int g = 0; g < GRANULATORS; g++) {
        granulate(g, x);
        put(PLAYERS + g, x);
    }
    for (int s = 0; s < SINES; s++) {
        float step = SINE[s] / RATE;
        for (int n = 0; n < N; n++)
            x[n] = sinf(TAU * (sine_phase[s] + step * n)) * SINE_LEVEL;
        sine_phase[s] = fmodf(sine_phase[s] + step * N, 1.0f);
        put(PLAYERS + GRANULATORS + s, x);
    }
    reverb();
    outputs();
}

/* ---- the loop ------------------------------------------------------------------------------------------------------------ */

static void render(double seconds, FILE *file)
{
    for (long block = 0; block < (long)(seconds * RATE / N); block++) {
        float x[N];
        memset(out, 0, sizeof out);
        if (kind == SAWS)
            saws();
        else if (kind == INSTALLATION)
            installation();
        else
            for (int v = 0; v < voices; v++) {
                play(&places[v], RATES[v], kind == LINEAR, x);
                spray(x, GAINS[v]);
            }
        if (file)
            fwrite(out, sizeof out, 1, file);
    }
    printf("clock: %.6f\n", (double)clock() / CLOCKS_PER_SEC);
}

int main(int count, char **given)
{
    kind = !strcmp(given[1], "cubic") ? CUBIC : !strcmp(given[1], "linear") ? LINEAR : !strcmp(given[1], "saws") ? SAWS : INSTALLATION;
    voices = atoi(given[2]);
    FILE *noise = fopen(given[3], "rb"), *file = count > 6 ? fopen(given[6], "wb") : NULL;
    if (!noise || fread(table + 1, sizeof(float), TABLE, noise) != TABLE)
        return 1;
    table[0] = table[TABLE];
    memcpy(table + 1 + TABLE, table + 1, SPARE * sizeof(float));
    tune();
    for (int n = 0; n < GRAIN_FRAMES; n++)
        hann[n] = 0.5f - 0.5f * cosf(TAU * n / GRAIN_FRAMES);
    for (int g = 0; g < GRANULATORS; g++)
        for (int k = 0; k < GRAINS; k++)
            age[g][k] = k * GRAIN_FRAMES / GRAINS, from[g][k] = k * GRAIN_FRAMES;
    for (int source = 0; source < SOURCES; source++)
        azimuth[source] = (float)source / SOURCES;
    render(atof(given[4]), file);
    render(atof(given[5]) - atof(given[4]), file);
    printf("%g\n", out[0][0]);                         /* so that nothing is left out */
    return file ? fclose(file) : 0;
}
