using System.Diagnostics;
using Granary.Bench.Builds;
using Granary.Bench.Processes;
using Granary.Bench.Reports;
using Granary.Bench.Setup;
using Granary.Bench.Shapes;
using Granary.Bench.Vaults;

namespace Granary.Bench.Scenarios;

/// <summary>What an event costs when it is written and when it is verified, beside the signature alone: by NSec, which signs, and by OpenSSL's own benchmark.</summary>
internal sealed class VaultCryptoScenario : BenchScenario
{
    private const double MinSign = 0.85;
    private const double MinVerify = 0.85;
    private const double MinCores = 0.8;

    // As many as OpenSSL's benchmark signs, nearly.
    private const int SignedBytes = 64;

    public override string Name => "vault-crypto";

    public override string Title => "Signing and verifying events";

    public override IEnumerable<string> Projects(BenchOptions options) => [];

    public override Task<string?> ObstacleAsync(BenchContext context, CancellationToken cancellation) => Task.FromResult(OpenSslSpeed.Obstacle);

    public override async Task RunAsync(BenchContext context, Section section, CancellationToken cancellation)
    {
        var folder = context.Layout.NewDataFolder();
        var (options, events) = (context.Options, context.Options.Quick ? 5_000 : 25_000);
        try
        {
            var (openssl, raw) = (new OpenSslSpeed(), new RawSpeed(SignedBytes));
            Figures[] all = [.. VaultShape.All.Select(shape => new Figures(shape))];
            foreach (var figures in all)
            {
                await figures.Shape.FillAsync(VaultShape.Store(folder, figures.Shape.Name), events, cancellation);
                await VaultWork.SignAsync(figures.Shape, folder, options.WarmUp, cancellation);
            }
            for (var repeat = 0; repeat <= options.Repeats; repeat++)
            {
                // The first one warms the code and does not count.
                await openssl.MeasureAsync(options.Quick ? 1 : 3, cancellation);
                raw.Measure(TimeSpan.FromSeconds(options.Quick ? 1 : 3));
                foreach (var figures in all)
                    await MeasureAsync(figures, folder, options.ShortDuration, cancellation);
                if (repeat == 0)
                {
                    (openssl, raw) = (new OpenSslSpeed(), new RawSpeed(SignedBytes));
                    all = [.. VaultShape.All.Select(shape => new Figures(shape))];
                    continue;
                }
                Progress.Say($"repeat {repeat}: openssl {openssl.Sign.Median:F0} and {openssl.Verify.Median:F0}/s, NSec {raw.Sign.Median:F0} and {raw.Verify.Median:F0}/s; "
                    + string.Join("; ", all.Select(f => $"{f.Shape.Name} {f.Sign.Median:F0}, {f.Verify.Median:F0} and {f.VerifyAll.Median:F0}/s")));
            }
            Report(section, openssl, raw, all, events);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task MeasureAsync(Figures figures, string folder, TimeSpan duration, CancellationToken cancellation)
    {
        figures.Sign.Add(await VaultWork.SignAsync(figures.Shape, folder, duration, cancellation));
        figures.Verify.Add(await VaultWork.VerifyAsync(figures.Shape, folder, cancellation));
        await using var vault = await figures.Shape.OpenAsync(VaultShape.Store(folder, figures.Shape.Name), cancellation);
        await CpuPinning.FreeSelfAsync(cancellation);
        var begin = Stopwatch.GetTimestamp();
        figures.VerifyAll.Add(await figures.Shape.VerifyAsync(vault.Log, cancellation) / Stopwatch.GetElapsedTime(begin).TotalSeconds);
        await CpuPinning.PinSelfAsync(cancellation);
    }

    private static void Report(Section section, OpenSslSpeed openssl, RawSpeed raw, Figures[] all, int events)
    {
        section.Paragraph(
            $"Everything on one core but the last column: a second is one of CPU time, in our process as in `openssl speed ed25519`; both bare rows sign and verify a few bytes. "
            + $"Writing an event is all that is done to it but the disk: its JSON checked and brought into canonical form, linked, hashed, signed, its lines made; {VaultShape.Sizes}. "
            + $"Verifying is the whole verification of a vault of {events} events in files, in which nothing is left out.");
        section.Table(["what", "written/s", "verified/s", $"verified/s on {Environment.ProcessorCount} cores (wall clock)"],
        [
            ["openssl speed ed25519", openssl.Sign.Show("F0"), openssl.Verify.Show("F0"), ""],
            ["NSec, nothing around it", raw.Sign.Show("F0"), raw.Verify.Show("F0"), ""],
            .. all.Select(f => new[] { f.Shape.Name, f.Sign.Show("F0"), f.Verify.Show("F0"), f.VerifyAll.Show("F0") }),
        ]);
        var (sign, verify) = (raw.Sign.Over(openssl.Sign), raw.Verify.Over(openssl.Verify));
        section.Paragraph($"NSec over OpenSSL: {sign.Show("F2")} signing, {verify.Show("F2")} verifying.");
        section.Targets(all.SelectMany(f => Targets(f, raw)));
    }

    private static Target[] Targets(Figures figures, RawSpeed raw)
    {
        var (sign, verify) = (figures.Sign.Over(raw.Sign), figures.Verify.Over(raw.Verify));
        var cores = figures.VerifyAll.Over(figures.Verify);
        var minCores = MinCores * Environment.ProcessorCount;
        return
        [
            new($"{figures.Shape.Name}: written over signed by NSec", $"≥ {MinSign}", sign.Show("F2"), sign.Median >= MinSign),
            new($"{figures.Shape.Name}: verified over verified by NSec", $"≥ {MinVerify}", verify.Show("F2"), verify.Median >= MinVerify),
            new($"{figures.Shape.Name}: all cores over one", $"≥ {minCores:F1}", cores.Show("F2"), cores.Median >= minCores),
        ];
    }

    private sealed record Figures(VaultShape Shape)
    {
        public Sample Sign { get; } = new();

        public Sample Verify { get; } = new();

        public Sample VerifyAll { get; } = new();
    }
}
