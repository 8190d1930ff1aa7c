using Granary.Bench.Reports;
using Granary.Bench.Setup;
using Granary.Bench.Shapes;
using Granary.Bench.Vaults;

namespace Granary.Bench.Scenarios;

/// <summary>What the reference's authors published, and what was measured of it on a machine like this one, with ours beside each row.</summary>
internal sealed class VaultReferenceScenario : OwnProcessScenario
{
    public override string Name => "vault-reference";

    public override string Title => "Beside the reference's figures";

    protected override async Task MeasureAsync(BenchContext context, string folder, Section section, CancellationToken cancellation)
    {
        await using var work = await ReferenceWork.CreateAsync(folder, context.Options.Quick ? 10 : 1, cancellation);
        ReferenceRow[] published = [.. work.Published()], measured = [.. work.Measured()];
        for (var repeat = 0; repeat <= context.Options.Repeats; repeat++)
        {
            foreach (var row in published.Concat(measured))
                await row.RepeatAsync(repeat > 0, cancellation);
            Progress.Say($"repeat {repeat} of {context.Options.Repeats}");
        }
        Report(section, work, published, measured);
    }

    private static void Report(Section section, ReferenceWork work, ReferenceRow[] published, ReferenceRow[] measured)
    {
        section.Paragraph(
            $"First what the reference publishes for 100 000 events (Ryzen 7 7700X, Windows 11, Python 3.12): another machine, quoted, not repeated here. Ours: {work.Events} events of {BackpackEvents.EventBytes} bytes "
            + "on this one, on one thread unless it says cores.");
        section.Table(ReferenceRow.Columns, published.Select(row => row.Row()));
        section.Paragraph(
            "Then what was measured of the reference's code on two virtual cores of an AMD EPYC like these (CPython 3.11.7, cryptography 48), on another day: quoted as well. "
            + "Our appends are durable, one caller that waits for each.");
        section.Table(ReferenceRow.Columns, measured.Select(row => row.Row()));
    }
}
