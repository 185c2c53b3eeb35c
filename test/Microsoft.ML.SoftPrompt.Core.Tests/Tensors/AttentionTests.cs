namespace Microsoft.ML.SoftPrompt.Tensors;

public unsafe class AttentionTests
{
    [Theory]
    [ClassData(typeof(KernelWidths))]
    public void Contexts_and_gradients_are_those_of_doubles(int width)
    {
        foreach ((int queries, int keys, int heads, int size) in ((int, int, int, int)[])[(1, 1, 1, 4), (3, 7, 2, 12), (13, 13, 3, 5), (20, 33, 2, 32), (40, 40, 1, 64)])
            Check(width, new(queries, keys, heads, heads, size, 0, 0, 1 / MathF.Sqrt(size)));
    }

    [Theory]
    [ClassData(typeof(KernelWidths))]
    public void Query_heads_share_heads_of_keys_and_values(int width)
    {
        foreach ((int heads, int shared, int size) in ((int, int, int)[])[(4, 2, 12), (4, 1, 32), (6, 3, 5)])
            Check(width, new(9, 21, heads, shared, size, 0, 0, 0.3f));
    }

    /// <summary>Windows that begin before, at and behind a vector's first lane, and reach over several vectors.</summary>
    [Theory]
    [ClassData(typeof(KernelWidths))]
    public void A_query_sees_what_lies_before_it_within_the_window(int width)
    {
        foreach (int window in (int[])[0, 1, 2, 16, 20, 39, 100])
            Check(width, new(23, 40, 2, 1, 16, 0, 0, 0.25f) { Causal = true, Window = window });
    }

    [Theory]
    [ClassData(typeof(KernelWidths))]
    public void Scores_are_kept_within_the_bounds(int width)
    {
        Check(width, new(11, 19, 2, 1, 16, 0, 0, 3) { SoftCap = 5 });
        Check(width, new(11, 19, 2, 1, 16, 0, 0, 3) { SoftCap = 5, Causal = true, Window = 7 });
    }

    private static void Check(int width, AttentionShape sizes)
    {
        Kernels kernels = Kernels.Supported()[width];
        int d = sizes.Heads * sizes.HeadSize, shared = sizes.KeyValueHeads * sizes.HeadSize, queries = sizes.Queries, keys = sizes.Keys;
        AttentionShape shape = sizes with { QueryStride = kernels.Padded(d), KeyStride = kernels.Padded(shared) };
        using Matrix q = Matrix.Random(queries, d, shape.QueryStride, 1), k = Matrix.Random(keys, shared, shape.KeyStride, 2), v = Matrix.Random(keys, shared, shape.KeyStride, 3);
        using Matrix context = new(queries, d, shape.QueryStride, (_, _) => 0), dContext = Matrix.Random(queries, d, shape.QueryStride, 4), dq = new(queries, d, shape.QueryStride, (_, _) => 0);
        using Matrix dk = new(keys, shared, shape.KeyStride, (_, _) => 0), dv = new(keys, shared, shape.KeyStride, (_, _) => 0);
        using Workspace workspace = new();
        AttentionScratch scratch = new(kernels, workspace, Math.Max(queries, keys), shape.HeadSize, backward: true, shape.SoftCap > 0);
        // The queries at every other position or so, the last key's among them.
        int[] positions = [.. Enumerable.Range(0, queries).Select(i => keys - 1 - (queries - 1 - i) * keys / (queries + 1))];

        fixed (int* at = positions)
        {
            Attention.Forward(kernels, scratch, shape, 0, shape.Heads, at, q.Pointer, k.Pointer, v.Pointer, context.Pointer);
            Attention.Backward(kernels, scratch, shape, at, q.Pointer, k.Pointer, v.Pointer, dContext.Pointer, dq.Pointer, dk.Pointer, dv.Pointer);
        }

        Reference expected = new(shape, positions, q, k, v, dContext);
        context.Difference((i, j) => expected.Context[i, j]).Should().BeLessThan(2e-6, "of {0}", shape);
        dq.Difference((i, j) => expected.Query[i, j]).Should().BeLessThan(1e-5, "of {0}", shape);
        dk.Difference((i, j) => expected.Key[i, j]).Should().BeLessThan(1e-5, "of {0}", shape);
        dv.Difference((i, j) => expected.Value[i, j]).Should().BeLessThan(1e-5, "of {0}", shape);
    }

    /// <summary>The definition, in doubles.</summary>
    private sealed class Reference
    {
        public readonly double[,] Context, Query, Key, Value;

        public Reference(AttentionShape shape, int[] positions, Matrix q, Matrix k, Matrix v, Matrix dContext)
        {
            (Context, Query, Key, Value) = (new double[q.Rows, q.Columns], new double[q.Rows, q.Columns], new double[k.Rows, k.Columns], new double[k.Rows, k.Columns]);
            for (int head = 0; head < shape.Heads; head++)
                for (int i = 0; i < shape.Queries; i++)
                    Row(shape, q, k, v, dContext, head * shape.HeadSize, head * shape.KeyValueHeads / shape.Heads * shape.HeadSize, i, positions[i]);
        }

        private void Row(AttentionShape shape, Matrix q, Matrix k, Matrix v, Matrix dContext, int at, int shared, int i, int position)
        {
            int[] columns = [.. Enumerable.Range(0, shape.HeadSize)];
            double[] p = new double[shape.Keys], slope = new double[shape.Keys];
            for (int j = 0; j < shape.Keys; j++)
            {
                if (shape.Causal && (j > position || (shape.Window > 0 && j <= position - shape.Window)))
                    continue;
                double score = shape.Scale * columns.Sum(c => (double)q[i, at + c] * k[j, shared + c]), bounded = shape.SoftCap > 0 ? Math.Tanh(score / shape.SoftCap) : 0;
                p[j] = Math.Exp(shape.SoftCap > 0 ? shape.SoftCap * bounded : score);
                slope[j] = shape.Scale * (1 - bounded * bounded);
            }
            double sum = p.Sum();
            p = [.. p.Select(e => e / sum)];
            double[] dp = [.. Enumerable.Range(0, shape.Keys).Select(j => columns.Sum(c => (double)dContext[i, at + c] * v[j, shared + c]))];
            double along = p.Zip(dp, (x, y) => x * y).Sum();
            for (int j = 0; j < shape.Keys; j++)
            {
                double ds = slope[j] * p[j] * (dp[j] - along);
                foreach (int c in columns)
                {
                    Context[i, at + c] += p[j] * v[j, shared + c];
                    Value[j, shared + c] += p[j] * dContext[i, at + c];
                    Query[i, at + c] += ds * k[j, shared + c];
                    Key[j, shared + c] += ds * q[i, at + c];
                }
            }
        }
    }
}
