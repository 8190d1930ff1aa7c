using System.Text.Json.Serialization;

namespace Granary.Gateway.Schemas;

[JsonSerializable(typeof(string))]
internal sealed partial class SchemaJson : JsonSerializerContext;
