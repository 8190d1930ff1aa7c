using System.Buffers;
using System.Text.Json;
using Granary.Instana.Http;
using Granary.Instana.Operations;

namespace Granary.Instana.Events;

/// <summary>Several events in one request; those that do not exist are named.</summary>
internal sealed class GetEventsByIds : InstanaOperation
{
    public override InstanaOperationDefinition Definition { get; } = new("get_events_by_ids", "Several events", [EventParameters.EventIds]);

    public override async Task<OperationResult> RunAsync(OperationContext context, CancellationToken cancellation)
    {
        var ids = context.Params.List(EventParameters.EventIds.Name);
        var request = new InstanaRequest(HttpMethod.Post, "/api/events", EventsTool.Family) { Body = Body(ids), ReadOnly = true };
        var reply = await context.SendAsync(request, cancellation);
        if (!EventLists.TryOpen(reply, out var document, out var failure))
            return Results.Failed(Definition.Name, failure);
        using (document)
        {
            var events = EventLists.Events(document.RootElement).ToList();
            var found = events.Select(item => EventLists.Text(item, "eventId")).ToHashSet();
            return Results.Success(context.Params, writer =>
            {
                EventListResult.WriteEvents(writer, events, events.Count, context.Now);
                Results.WriteStrings(writer, "missing_ids", ids.Where(id => !found.Contains(id)));
            });
        }
    }

    private static ReadOnlyMemory<byte> Body(IReadOnlyList<string> ids)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartArray();
            foreach (var id in ids)
                writer.WriteStringValue(id);
            writer.WriteEndArray();
        }
        return buffer.WrittenMemory;
    }
}
