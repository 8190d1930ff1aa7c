using System.Buffers.Binary;
using System.Diagnostics;
using Granary.Bench.Processes;
using Granary.Bench.Reports;
using Granary.Bench.Setup;
using NSec.Cryptography;

namespace Granary.Bench.Vaults;

/// <summary>What NSec makes of Ed25519, with nothing of ours around it: the limit of a program that signs with it.</summary>
internal sealed class RawSpeed
{
    private const int Block = 500;

    /// <summary>A log's signatures all differ. One that is verified again and again is faster by 4 to 6 %, because the processor learns its path through the code.</summary>
    private const int Different = 4_096;

    private readonly Key _key = Key.Create(SignatureAlgorithm.Ed25519);
    private readonly (byte[] Message, byte[] Signature)[] _signed;

    /// <param name="bytes">How long a message is. A signature hashes it twice, a verification once.</param>
    public RawSpeed(int bytes) => _signed = [.. Enumerable.Range(0, Different).Select(n => Signed(n, bytes))];

    /// <summary>Signatures made in a second of CPU time.</summary>
    public Sample Sign { get; } = new();

    /// <summary>Signatures verified in a second of CPU time.</summary>
    public Sample Verify { get; } = new();

    /// <summary>Signatures verified in a second of the clock, by a thread for each core.</summary>
    public Sample VerifyAll { get; } = new();

    /// <summary>The same of one signature again and again.</summary>
    public Sample VerifySame { get; } = new();

    /// <summary>Measures one core, which this process is pinned to, for so long each.</summary>
    public void Measure(TimeSpan duration)
    {
        var signature = new byte[SignatureAlgorithm.Ed25519.SignatureSize];
        Sign.Add(Rate(duration, n => SignatureAlgorithm.Ed25519.Sign(_key, _signed[n % Different].Message, signature)));
        Verify.Add(Rate(duration, VerifyOne));
    }

    /// <summary>Measures all cores for so long.</summary>
    public void MeasureAll(TimeSpan duration)
    {
        VerifyAll.Add(RateOfAll(duration, VerifyOne));
        VerifySame.Add(RateOfAll(duration, _ => VerifyOne(0)));
    }

    private (byte[] Message, byte[] Signature) Signed(int n, int bytes)
    {
        var message = new byte[bytes];
        BinaryPrimitives.WriteInt32LittleEndian(message, n);
        return (message, SignatureAlgorithm.Ed25519.Sign(_key, message));
    }

    private void VerifyOne(long n)
    {
        var (message, signature) = _signed[n % Different];
        if (!SignatureAlgorithm.Ed25519.Verify(_key.PublicKey, message, signature))
            throw new BenchException("NSec refused its own signature.");
    }

    private static double RateOfAll(TimeSpan duration, Action<long> work)
    {
        var begin = Stopwatch.GetTimestamp();
        var counts = new long[Environment.ProcessorCount];
        Parallel.For(0, counts.Length, core => counts[core] = Count(duration, work));
        return counts.Sum() / Stopwatch.GetElapsedTime(begin).TotalSeconds;
    }

    private static double Rate(TimeSpan duration, Action<long> work)
    {
        var cpu = new CpuMeter(Environment.ProcessId);
        return Count(duration, work) / (cpu.Read()[0] / 1e6);
    }

    private static long Count(TimeSpan duration, Action<long> work)
    {
        var count = 0L;
        for (var begin = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(begin) < duration; count += Block)
        {
            for (var i = 0; i < Block; i++)
                work(count + i);
        }
        return count;
    }
}
