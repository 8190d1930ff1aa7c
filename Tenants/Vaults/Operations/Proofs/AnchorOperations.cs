using Granary.Vault.Evidence;
using Granary.Vault.Evidence.Stamps;

namespace Granary.Tenants.Vaults.Operations.Proofs;

/// <summary>
/// <c>anchor_head</c>: <c>authority</c>, one of those that the process knows, to <c>{state, reason}</c>. Has the authority stamp the head of the log, unless it
/// did, or did something else lately. It is the schedule's, not a tool: the activation is where a vault has one owner, so no head is stamped twice.
/// </summary>
internal sealed class AnchorHead() : VaultOperation("anchor_head")
{
    /// <summary>There is a new stamp, or better evidence of one.</summary>
    public const string Stamped = "stamped";

    /// <summary>The authority has not answered as it should.</summary>
    public const string Failed = "failed";

    /// <summary>There is nothing to stamp now.</summary>
    public const string Unchanged = "unchanged";

    private const int AtOnce = 4;

    /// <summary>Blocks come every ten minutes or so, and calendars gather for an hour and more.</summary>
    private static readonly TimeSpan KeptAfter = TimeSpan.FromHours(2);

    public override async Task<VaultResult> RunAsync(VaultOperationContext context)
    {
        var plan = context.Door.Anchors;
        var asked = context.Arguments.Required("authority");
        if (plan?.Find(asked) is not { } stamper)
            throw OperationArguments.Wrong($"No authority \"{asked}\" is configured here.");
        // A vault without its keys does not grow here, and its head cannot be signed.
        if (!context.Vault.CanSign || !context.Vault.Stamps.TryBegin(asked))
            return Result(Unchanged, null);
        try
        {
            var stamped = await StampAsync(context, stamper, plan.Every);
            var improved = stamper.Promises && await CompleteAsync(context, stamper);
            return Result(stamped || improved ? Stamped : Unchanged, null);
        }
        catch (EvidenceException failure)
        {
            return Result(Failed, failure.Message);
        }
        finally
        {
            context.Vault.Stamps.End(asked);
        }
    }

    private static async Task<bool> StampAsync(VaultOperationContext context, IHeadStamper stamper, TimeSpan every)
    {
        var head = await context.SignedHeadAsync();
        var last = (await context.Vault.Stamps.YoungestAsync(context.Cancellation)).LastOrDefault(stamp => stamp.Authority == stamper.Authority);
        var now = context.Time.GetUtcNow();
        // Half of the time: passes over the vaults take longer now and then, and a process may have begun anew.
        if (head.Count == 0 || (last is not null && ((last.Count == head.Count && last.Root == head.Root) || now - last.AskedAt < every / 2)))
            return false;
        var evidence = await stamper.StampAsync(Convert.FromHexString(head.Root), context.Cancellation);
        await context.Vault.Stamps.AddAsync(new HeadStamp(stamper.Kind, stamper.Authority, head.Count, head.Root, now, evidence), context.Cancellation);
        return true;
    }

    /// <summary>Asks what became of promises that are old enough to have been kept, a few at a time.</summary>
    private static async Task<bool> CompleteAsync(VaultOperationContext context, IHeadStamper stamper)
    {
        var improved = false;
        var before = context.Time.GetUtcNow() - KeptAfter;
        var open = (await context.Vault.Stamps.YoungestAsync(context.Cancellation))
            .Where(stamp => stamp.Kind == stamper.Kind && stamp.Authority == stamper.Authority && stamp.AskedAt <= before && stamp.Blocks.Count == 0).Take(AtOnce);
        foreach (var stamp in open)
        {
            if (await stamper.CompleteAsync(stamp.Evidence, context.Cancellation) is not { } evidence)
                continue;
            await context.Vault.Stamps.ImproveAsync(stamp, evidence, context.Cancellation);
            improved = true;
        }
        return improved;
    }

    private static VaultResult Result(string state, string? reason) => Results.Object(json =>
    {
        json.WriteString("state", state);
        json.WriteText("reason", reason);
    });
}

/// <summary><c>log_stamps</c>: to <c>{stamps}</c>, the youngest 256 that authorities gave for heads of the log, the youngest first, as <see cref="HeadStamps"/> has them.</summary>
internal sealed class LogStampsOperation() : VaultOperation("log_stamps")
{
    private const int Max = 256;

    public override async Task<VaultResult> RunAsync(VaultOperationContext context)
    {
        var stamps = await context.Vault.Stamps.AllAsync(Max, context.Cancellation);
        return Results.Object(json => HeadStamps.WriteTo(json, stamps));
    }
}
