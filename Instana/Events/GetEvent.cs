using System.Text.Json;
using Granary.Instana.Http;
using Granary.Instana.Operations;

namespace Granary.Instana.Events;

/// <summary>One event in full: whoever asks for one wants to know everything about it.</summary>
internal sealed class GetEvent : InstanaOperation
{
    public override InstanaOperationDefinition Definition { get; } = new("get_event", "One event in full", [EventParameters.EventId]);

    public override async Task<OperationResult> RunAsync(OperationContext context, CancellationToken cancellation)
    {
        var id = context.Params.Text(EventParameters.EventId.Name)!;
        var reply = await context.SendAsync(InstanaRequest.Get("/api/events/" + Uri.EscapeDataString(id), EventsTool.Family), cancellation);
        if (!EventLists.TryOpen(reply, out var document, out var failure))
            return Results.Failed(Definition.Name, failure);
        using (document)
        {
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                return Results.Failed(Definition.Name, new InstanaFailure(FailureKind.NotJson, "The backend answered with something that is no event."));
            return Results.Success(context.Params, writer =>
            {
                writer.WriteString("event_id", id);
                writer.WritePropertyName("event");
                writer.WriteRawValue(document.RootElement.GetRawText(), skipInputValidation: true);
            });
        }
    }
}
