using System.Diagnostics;

namespace Granary.Tenants.Vaults;

/// <summary>The span of one group commit: below the first call whose trace is kept, and linked with those of the others that share it.</summary>
internal static class CommitSpan
{
    /// <summary>Begins it and makes it the current one; null where no call of the batch is traced.</summary>
    public static Activity? Start(List<PendingAppend> batch)
    {
        if (!CallTrace.IsOn || batch.Find(pending => pending.Span is not null)?.Span is not { } first)
            return null;
        Activity.Current = first;
        var links = batch.Where(pending => pending.Span is { } span && span != first).Select(pending => new ActivityLink(pending.Span!.Context));
        return CallTrace.Source.StartActivity("vault commit", ActivityKind.Internal, default(ActivityContext), [new(CallTrace.Batch, batch.Count)], links);
    }
}
