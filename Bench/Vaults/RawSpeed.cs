using System.Diagnostics;
using Granary.Bench.Processes;
using Granary.Bench.Reports;
using Granary.Bench.Setup;
using NSec.Cryptography;

namespace Granary.Bench.Vaults;

/// <summary>What NSec makes of Ed25519 over a few bytes, with nothing of ours around it, in this process and on its core: the limit of a program that signs with it.</summary>
internal sealed class RawSpeed
{
    private const int Block = 500;

    private readonly Key _key = Key.Create(SignatureAlgorithm.Ed25519);
    private readonly byte[] _message = new byte[64];
    private readonly byte[] _signature = new byte[64];

    /// <summary>Signatures made in a second of CPU time.</summary>
    public Sample Sign { get; } = new();

    /// <summary>Signatures verified in a second of CPU time.</summary>
    public Sample Verify { get; } = new();

    /// <summary>Measures both for so long each.</summary>
    public void Measure(TimeSpan duration)
    {
        Sign.Add(Rate(duration, () => SignatureAlgorithm.Ed25519.Sign(_key, _message, _signature)));
        Verify.Add(Rate(duration, () =>
        {
            if (!SignatureAlgorithm.Ed25519.Verify(_key.PublicKey, _message, _signature))
                throw new BenchException("NSec refused its own signature.");
        }));
    }

    private static double Rate(TimeSpan duration, Action work)
    {
        var cpu = new CpuMeter(Environment.ProcessId);
        var count = 0L;
        for (var begin = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(begin) < duration; count += Block)
        {
            for (var i = 0; i < Block; i++)
                work();
        }
        return count / (cpu.Read()[0] / 1e6);
    }
}
