using Granary.Scenarios.Cluster;
using Granary.Scenarios.Results;

namespace Granary.Scenarios.Cases;

/// <summary>Something that happens to the cluster, and what must hold meanwhile and afterwards.</summary>
internal abstract class Scenario
{
    /// <summary>Its name on the command line.</summary>
    public abstract string Name { get; }

    /// <summary>How the cluster is set up for it.</summary>
    public virtual ProcessSettings Settings => new();

    /// <summary>Why it says nothing about a shape; null where it does.</summary>
    public virtual string? NotFor(string shape) => null;

    /// <summary>Whether it runs only when it is named, because it takes too long for every run.</summary>
    public virtual bool OnlyWhenNamed => false;

    /// <summary>Makes what the scenario needs and takes long, before any cluster runs: nothing is built beside load.</summary>
    public virtual Task PrepareAsync(LocalCluster cluster, CancellationToken cancellation) => Task.CompletedTask;

    /// <summary>Takes away what <see cref="PrepareAsync"/> made.</summary>
    public virtual Task CleanUpAsync(LocalCluster cluster) => Task.CompletedTask;

    /// <summary>Runs; the result is what was seen.</summary>
    /// <param name="context">What it works with.</param>
    /// <param name="findings">Takes what is wrong: any makes the scenario fail.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="SkipException">It cannot be run here.</exception>
    public abstract Task<string> RunAsync(ScenarioContext context, Findings findings, CancellationToken cancellation);

    /// <summary>The reason of those that are about silos.</summary>
    protected static string? SilosOnly(string shape) => shape == "cluster" ? null : "it is about silos, and this shape has none";
}
