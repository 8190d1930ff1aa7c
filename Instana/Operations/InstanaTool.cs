using Granary.Instana.Client;
using Granary.Instana.Params;

namespace Granary.Instana.Operations;

/// <summary>A tool that can be called: its data and its operations.</summary>
internal sealed class InstanaTool(InstanaToolDefinition definition, IReadOnlyList<InstanaOperation> operations)
{
    public InstanaToolDefinition Definition => definition;

    public async Task<OperationResult> ExecuteAsync(OperationCall call, InstanaClient client, CancellationToken cancellation)
    {
        if (Find(call) is not { } operation)
            return Results.InvalidOperation(call.Operation, operations.Select(known => known.Definition.Name).Distinct());
        var now = client.Time.GetUtcNow();
        var bound = ParamsBinder.Bind(call.Params, operation.Definition.Parameters, now);
        var prepared = operation.Prepare(bound, now);
        if (bound.Problems.Count > 0)
            return Results.ValidationFailed(operation.Definition.Name, bound);
        var scope = client.Scope(definition.Name, call.ResourceType, call.Tracking, call.Deadline);
        return await operation.RunAsync(new OperationContext(client, scope, bound, prepared), cancellation);
    }

    private InstanaOperation? Find(OperationCall call)
    {
        foreach (var operation in operations)
        {
            var known = operation.Definition;
            if (known.Name == call.Operation && (known.ResourceType is null || known.ResourceType == call.ResourceType))
                return operation;
        }
        return null;
    }
}
