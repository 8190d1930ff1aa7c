using System.Buffers.Binary;
using System.Text;

namespace Granary.Testing.Telemetry;

/// <summary>A span as it arrived at a collector.</summary>
/// <param name="Service">The program that made it.</param>
/// <param name="Source">The instrumentation that made it.</param>
/// <param name="Trace">The trace, in hex.</param>
/// <param name="Id">The span, in hex.</param>
/// <param name="Parent">The span above it, in hex; empty for none.</param>
/// <param name="Name">What it is of.</param>
/// <param name="Attributes">What it says.</param>
/// <param name="Links">The spans it is linked with, in hex.</param>
public sealed record CollectedSpan(
    string Service, string Source, string Trace, string Id, string Parent, string Name, IReadOnlyDictionary<string, string> Attributes, IReadOnlyList<string> Links)
{
    /// <summary>An attribute; null for none.</summary>
    public string? this[string attribute] => Attributes.GetValueOrDefault(attribute);

    /// <summary>The spans of an <c>ExportTraceServiceRequest</c> of OTLP 1.</summary>
    internal static IEnumerable<CollectedSpan> Read(ReadOnlyMemory<byte> request) =>
        from resource in ProtobufReader.All(request, 1)
        let service = ReadAttributes(ProtobufReader.First(resource, 1), 1).GetValueOrDefault("service.name", "")
        from scope in ProtobufReader.All(resource, 2)
        let source = Text(ProtobufReader.First(ProtobufReader.First(scope, 1), 1))
        from span in ProtobufReader.All(scope, 2)
        select new CollectedSpan(
            service, source, Hex(ProtobufReader.First(span, 1)), Hex(ProtobufReader.First(span, 2)), Hex(ProtobufReader.First(span, 4)),
            Text(ProtobufReader.First(span, 5)), ReadAttributes(span, 9), [.. ProtobufReader.All(span, 13).Select(link => Hex(ProtobufReader.First(link, 2)))]);

    private static Dictionary<string, string> ReadAttributes(ReadOnlyMemory<byte> message, int number) => ProtobufReader.All(message, number)
        .ToDictionary(pair => Text(ProtobufReader.First(pair, 1)), pair => Value(ProtobufReader.First(pair, 2)));

    private static string Value(ReadOnlyMemory<byte> value) => ProtobufReader.Fields(value).FirstOrDefault() switch
    {
        (1, var text) => Text(text),
        (2 or 3, var number) => BinaryPrimitives.ReadInt64LittleEndian(number.Span).ToString(System.Globalization.CultureInfo.InvariantCulture),
        _ => "",
    };

    private static string Text(ReadOnlyMemory<byte> bytes) => Encoding.UTF8.GetString(bytes.Span);

    private static string Hex(ReadOnlyMemory<byte> bytes) => Convert.ToHexStringLower(bytes.Span);
}
