using System.Diagnostics;
using Granary.Bench.Processes;
using Granary.Bench.Reports;
using Granary.Bench.Setup;
using NSec.Cryptography;

namespace Granary.Bench.Vaults;

/// <summary>What NSec makes of Ed25519, with nothing of ours around it: the limit of a program that signs with it.</summary>
/// <param name="bytes">How long the message is. A signature hashes it twice, a verification once.</param>
internal sealed class RawSpeed(int bytes)
{
    private const int Block = 500;

    private readonly Key _key = Key.Create(SignatureAlgorithm.Ed25519);
    private readonly byte[] _message = new byte[bytes];
    private readonly byte[] _signature = new byte[64];

    /// <summary>Signatures made in a second of CPU time.</summary>
    public Sample Sign { get; } = new();

    /// <summary>Signatures verified in a second of CPU time.</summary>
    public Sample Verify { get; } = new();

    /// <summary>Signatures verified in a second of the clock, by a thread for each core.</summary>
    public Sample VerifyAll { get; } = new();

    /// <summary>Measures one core, which this process is pinned to, for so long each.</summary>
    public void Measure(TimeSpan duration)
    {
        Sign.Add(Rate(duration, () => SignatureAlgorithm.Ed25519.Sign(_key, _message, _signature)));
        Verify.Add(Rate(duration, VerifyOne));
    }

    /// <summary>Measures all cores for so long.</summary>
    public void MeasureAll(TimeSpan duration)
    {
        SignatureAlgorithm.Ed25519.Sign(_key, _message, _signature);
        var begin = Stopwatch.GetTimestamp();
        var counts = new long[Environment.ProcessorCount];
        Parallel.For(0, counts.Length, core => counts[core] = Count(duration, VerifyOne));
        VerifyAll.Add(counts.Sum() / Stopwatch.GetElapsedTime(begin).TotalSeconds);
    }

    private void VerifyOne()
    {
        if (!SignatureAlgorithm.Ed25519.Verify(_key.PublicKey, _message, _signature))
            throw new BenchException("NSec refused its own signature.");
    }

    private static double Rate(TimeSpan duration, Action work)
    {
        var cpu = new CpuMeter(Environment.ProcessId);
        return Count(duration, work) / (cpu.Read()[0] / 1e6);
    }

    private static long Count(TimeSpan duration, Action work)
    {
        var count = 0L;
        for (var begin = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(begin) < duration; count += Block)
        {
            for (var i = 0; i < Block; i++)
                work();
        }
        return count;
    }
}
