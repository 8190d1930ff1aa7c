using Granary.Bench.Processes;
using Granary.Bench.Reports;
using Granary.Bench.Setup;
using Granary.Bench.Shapes;

namespace Granary.Bench.Scenarios;

/// <summary>What is measured in this process, which then has both cores: it is no bystander that makes load.</summary>
internal abstract class OwnProcessScenario : BenchScenario
{
    public override IEnumerable<string> Projects(BenchOptions options) => [];

    public override async Task RunAsync(BenchContext context, Section section, CancellationToken cancellation)
    {
        var folder = context.Layout.NewDataFolder();
        await CpuPinning.FreeSelfAsync(cancellation);
        try
        {
            await MeasureAsync(context, folder, section, cancellation);
        }
        finally
        {
            await CpuPinning.PinSelfAsync(CancellationToken.None);
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Measures with a folder of its own.</summary>
    protected abstract Task MeasureAsync(BenchContext context, string folder, Section section, CancellationToken cancellation);
}
