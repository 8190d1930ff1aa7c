using Granary.Bench.Load;
using Granary.Bench.Processes;
using Granary.Bench.Reports;
using Granary.Bench.Setup;
using Granary.Bench.Shapes;
using Granary.Bench.Vaults;
using Granary.Tenants.Vaults;
using Granary.Vault.Storage.Files.Commits;

namespace Granary.Bench.Scenarios;

/// <summary>Acknowledged, hence durable, appends to vaults in files through the library: no gateway, no HTTP.</summary>
internal sealed class VaultAppendScenario : BenchScenario
{
    private const double MinRate = 10_000;

    private static readonly TimeSpan ProbeDuration = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(3);

    public override string Name => "vault-append";

    public override string Title => "Durable appends through the library";

    public override IEnumerable<string> Projects(BenchOptions options) => [];

    public override async Task RunAsync(BenchContext context, Section section, CancellationToken cancellation)
    {
        var folder = context.Layout.NewDataFolder();
        try
        {
            await using var commits = CommitLog.Open(new CommitLogOptions { Root = folder }, out _);
            var all = new List<Variant>();
            foreach (var shape in VaultShape.All)
            {
                all.Add(await Variant.CreateAsync(shape, folder, commits, 1, cancellation));
                all.Add(await Variant.CreateAsync(shape, folder, commits, AppendStorm.Callers, cancellation));
            }
            Sample fsync;
            try
            {
                fsync = await MeasureAsync(context.Options, folder, all, cancellation);
            }
            finally
            {
                foreach (var vault in all.SelectMany(variant => variant.Vaults))
                    await vault.DisposeAsync();
            }
            // A count of appends means nothing unless the vaults are whole.
            foreach (var variant in all)
                await variant.VerifyAsync(folder, commits, cancellation);
            Report(section, fsync, all);
        }
        finally
        {
            await CpuPinning.PinSelfAsync(CancellationToken.None);
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<Sample> MeasureAsync(BenchOptions options, string folder, List<Variant> all, CancellationToken cancellation)
    {
        var fsync = new Sample();
        foreach (var variant in all)
            await AppendStorm.RunAsync(variant.Shape, variant.Vaults, LoadBudget.For(options.WarmUp), cancellation);
        for (var repeat = 1; repeat <= options.Repeats; repeat++)
        {
            fsync.Add(await FsyncProbe.RateAsync(folder, 1, ProbeDuration));
            foreach (var variant in all)
            {
                await CpuPinning.PinSelfAsync(cancellation);
                variant.OneCore.Record(await AppendStorm.RunAsync(variant.Shape, variant.Vaults, LoadBudget.For(Duration), cancellation));
                await CpuPinning.FreeSelfAsync(cancellation);
                variant.AllCores.Record(await AppendStorm.RunAsync(variant.Shape, variant.Vaults, LoadBudget.For(Duration), cancellation));
            }
            Progress.Say($"repeat {repeat}: fsync {fsync.Median:F0}/s, "
                + string.Join(", ", all.Select(v => $"{v.OneCore.Name} {v.OneCore.Rate.Median:F0} and {v.AllCores.Rate.Median:F0}/s")));
        }
        return fsync;
    }

    private static void Report(Section section, Sample fsync, List<Variant> all)
    {
        section.Paragraph(
            $"{AppendStorm.Callers} callers in a closed loop in the process that appends, events of {VaultShape.Sizes}; each is checked, linked, signed and acknowledged once it is fsync'd, "
            + $"many with one fsync. One core: the whole process pinned to it. A loop of write and fsync of 400 bytes without anything around it makes {fsync.Show("F0")} a second on this disk in this run.");
        section.Table(StormFigures.Columns, all.SelectMany(variant => new[] { variant.OneCore.Row(), variant.AllCores.Row() }));
        // Group commit is what the limit is for; callers with a vault each have no group to share a vault's head and chain with.
        section.Targets(all.Where(variant => variant.Vaults.Count == 1).Select(variant => new Target(
            $"{variant.OneCore.Name}: appends/s", $"≥ {MinRate}", variant.OneCore.Rate.Show("F0"), variant.OneCore.Rate.Median >= MinRate)));
    }

    private sealed record Variant(VaultShape Shape, IReadOnlyList<VaultActivation> Vaults)
    {
        private string What => $"{Shape.Name}, {(Vaults.Count == 1 ? "one vault" : $"{Vaults.Count} vaults")}";

        public StormFigures OneCore => field ??= new($"{What}, one core");

        public StormFigures AllCores => field ??= new($"{What}, {Environment.ProcessorCount} cores");

        public static async Task<Variant> CreateAsync(VaultShape shape, string folder, CommitLog commits, int vaults, CancellationToken cancellation)
        {
            var activations = new List<VaultActivation>();
            for (var i = 0; i < vaults; i++)
            {
                var name = NameOf(shape, vaults, i);
                await shape.CreateAsync(VaultShape.Store(folder, name, commits), cancellation);
                activations.Add(VaultShape.Activate(folder, name, commits));
            }
            return new Variant(shape, activations);
        }

        public async Task VerifyAsync(string folder, CommitLog commits, CancellationToken cancellation)
        {
            await using var vault = await Shape.OpenAsync(VaultShape.Store(folder, NameOf(Shape, Vaults.Count, 0), commits), cancellation);
            await Shape.VerifyAsync(vault.Log, cancellation);
        }

        private static string NameOf(VaultShape shape, int vaults, int i) => $"{shape.Name}-{vaults}-{i}";
    }
}
