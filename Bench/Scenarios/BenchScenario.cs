using Granary.Bench.Reports;
using Granary.Bench.Setup;
using Granary.Bench.Shapes;

namespace Granary.Bench.Scenarios;

/// <summary>One thing that is measured.</summary>
internal abstract class BenchScenario
{
    /// <summary>Its name on the command line.</summary>
    public abstract string Name { get; }

    /// <summary>Its heading.</summary>
    public abstract string Title { get; }

    /// <summary>The projects to build first.</summary>
    public abstract IEnumerable<string> Projects(BenchOptions options);

    /// <summary>Why it cannot run on this machine; null where it can.</summary>
    public virtual Task<string?> ObstacleAsync(BenchContext context, CancellationToken cancellation) => Task.FromResult<string?>(null);

    /// <summary>Measures, and writes what came out.</summary>
    public abstract Task RunAsync(BenchContext context, Section section, CancellationToken cancellation);
}
