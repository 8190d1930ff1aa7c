using System.Text;
using Granary.Tenants.Vaults.Formats;
using Granary.Tenants.Vaults.Operations.Changes;
using Granary.Vault.Storage;
using Granary.Vault.Sync;

namespace Granary.Tenants.Vaults.Operations.Sync;

/// <summary>
/// <c>import_delta</c>: <c>delta</c> (the text of a delta file), <c>strict</c> (true), <c>trusted_keys</c> to <c>{success, imported_count,
/// present_count, rejected_count, event_count, errors, forks, admitted_keys}</c>: events the vault lacks are verified and appended, all or none. What
/// is wrong with them is listed in <c>errors</c>, and then nothing was done.
/// </summary>
internal sealed class ImportDelta() : ChangeOperation("import_delta")
{
    private const int MaxListed = 20;

    protected override void Check(OperationArguments arguments)
    {
        arguments.LongText("delta", MaxDelta);
        arguments.Flag("strict");
        arguments.Texts("trusted_keys");
    }

    protected override async Task<VaultChange> PlanAsync(VaultOperationContext context, BackpackWriter writer)
    {
        DeltaBundle bundle;
        try
        {
            bundle = DeltaBundle.Read(Encoding.UTF8.GetBytes(context.Arguments.LongText("delta", MaxDelta)));
        }
        catch (FormatException failure)
        {
            throw new TenantException(TenantFailure.InvalidInput, $"delta: {failure.Message}", null, failure);
        }
        var options = new ImportOptions
        {
            Strict = context.Arguments.Flag("strict", otherwise: true),
            TrustedKeys = context.Arguments.Texts("trusted_keys"),
        };
        return new Import(await ImportPlanner.PlanAsync(writer.Vault.Log, writer.Vault.Registry, bundle, options, CancellationToken.None));
    }

    protected override VaultResult Describe(VaultOperationContext context, BackpackWriter writer, VaultChange change)
    {
        var plan = ((Import)change).Plan;
        return Results.Object(json =>
        {
            json.WriteBoolean("success", plan.Success);
            json.WriteNumber("imported_count", plan.Imported);
            json.WriteNumber("present_count", plan.Present);
            json.WriteNumber("rejected_count", plan.Rejected);
            json.WriteNumber("event_count", writer.Log.Head.Count + change.Entries.Count);
            json.WriteNumber("error_count", plan.Errors.Count);
            json.WriteTexts("errors", plan.Errors.Take(MaxListed));
            json.WriteNumber("fork_count", plan.Forks.Count);
            json.WriteStartArray("forks");
            foreach (var fork in plan.Forks.Take(MaxListed))
            {
                json.WriteStartObject();
                json.WriteString("actor_id", fork.ActorId);
                json.WriteText("prev_hash", fork.PrevHash);
                json.WriteString("event_a_id", fork.EventAId);
                json.WriteString("event_b_id", fork.EventBId);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteTexts("admitted_keys", plan.AdmittedKeys.Take(MaxListed));
        });
    }

    private const int MaxDelta = 32 * 1024 * 1024;

    private sealed record Import(ImportPlan Plan) : VaultChange(Plan.Change);
}
