namespace Granary.Tenants;

/// <summary>Tells how many of so many events are done.</summary>
internal sealed class StepProgress(IProgress<WorkProgress> progress, long total) : IProgress<long>
{
    public void Report(long value) => progress.Report(new WorkProgress(value, total));
}
