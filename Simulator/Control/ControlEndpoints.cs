using System.Text.Json;
using Granary.Simulator.Backend;
using Granary.Simulator.Faults;
using Granary.Simulator.Traffic;

namespace Granary.Simulator.Control;

/// <summary>How a person or a script steers the simulator: <c>/simulator/faults</c> and <c>/simulator/requests</c>.</summary>
internal static class ControlEndpoints
{
    public static void Map(WebApplication app, FaultPlan faults, RequestLog requests)
    {
        app.MapPost("/simulator/faults", context => AddAsync(context, faults));
        app.MapDelete("/simulator/faults", context =>
        {
            faults.Clear();
            context.Response.StatusCode = 204;
            return Task.CompletedTask;
        });
        app.MapGet("/simulator/requests", context => Answers.JsonAsync(context, 200, writer => Write(writer, requests)));
    }

    private static async Task AddAsync(HttpContext context, FaultPlan faults)
    {
        try
        {
            using var body = await JsonDocument.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted);
            if (FaultJson.Read(body.RootElement) is { } fault)
            {
                faults.Add(fault);
                context.Response.StatusCode = 204;
                return;
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException or KeyNotFoundException)
        {
            // Falls through to the one answer for everything that cannot be read.
        }
        await Answers.ErrorAsync(context, 400, FaultJson.Help);
    }

    private static void Write(Utf8JsonWriter writer, RequestLog requests)
    {
        writer.WriteStartObject();
        writer.WriteNumber("total", requests.Total);
        writer.WriteNumber("aborted", requests.Aborted);
        writer.WriteNumber("in_flight", requests.InFlight);
        writer.WriteStartObject("by_path");
        foreach (var group in requests.Seen.GroupBy(request => $"{request.Method} {request.Path}").OrderBy(group => group.Key, StringComparer.Ordinal))
            writer.WriteNumber(group.Key, group.Count());
        writer.WriteEndObject();
        writer.WriteEndObject();
    }
}
