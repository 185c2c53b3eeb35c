using Microsoft.ML.SoftPrompt.Tensors;

namespace Microsoft.ML.SoftPrompt.Baselines;

/// <summary>
/// A group of series' way through an LSTM, and back through time. Layer by layer: the inputs of all steps in one product, then step by
/// step what the states add. A series' states depend on it alone, bit for bit, whatever else is in the group and however long the pieces
/// are that it goes in.
/// </summary>
/// <remarks>The memory is the workspace's, and the matrices' memory must be held while the pass is used.</remarks>
internal sealed unsafe class LstmPass
{
    private static readonly Kernels s_kernels = LstmMatrices.Kernels;

    private readonly LstmMatrices _matrices;
    private readonly LstmSequences _sequences;
    private readonly Workspace _workspace;
    private readonly float* _inputs;
    private readonly State[] _layers;
    private readonly int _width;
    private float* _hiddenGradient;

    /// <summary>The steps of the current piece, and the row of the first among all rows.</summary>
    private int _from, _end, _firstRow;

    /// <param name="matrices">The weights.</param>
    /// <param name="sequences">The group.</param>
    /// <param name="workspace">Holds what the pass computes.</param>
    /// <param name="pieceSteps">Steps that there is memory for at once, at least 1; all of them for the way back.</param>
    public LstmPass(LstmMatrices matrices, LstmSequences sequences, Workspace workspace, int pieceSteps)
    {
        (_matrices, _sequences, _workspace, _width) = (matrices, sequences, workspace, matrices.Width);
        // No piece has more rows than the first. In front of its rows stand the states that the last piece left.
        int rows = sequences.Start(Math.Min(pieceSteps, sequences.Steps)), left = pieceSteps < sequences.Steps ? sequences.Active(pieceSteps - 1) : 0;
        _inputs = workspace.Singles((nint)rows * matrices.Shape.Inputs);
        _layers = new State[matrices.Shape.Layers];
        for (int layer = 0; layer < _layers.Length; layer++)
            _layers[layer] = new State(Rows(matrices.GatesWidth), StatesOf(), Rows(_width), StatesOf());

        float* Rows(int width) => workspace.Singles((nint)rows * width);
        float* StatesOf() => workspace.Singles((nint)(left + rows) * _width) + (nint)left * _width;
    }

    /// <summary>Begins a piece: the first, or the one behind the piece that has gone forward.</summary>
    /// <param name="from">Its first step.</param>
    /// <param name="end">The step behind its last.</param>
    public void Begin(int from, int end)
    {
        if (from > 0)
        {
            int count = checked(_sequences.Active(from - 1) * _width);
            nint last = (nint)(_sequences.Start(from - 1) - _firstRow) * _width;
            foreach (State state in _layers)
            {
                new ReadOnlySpan<float>(state.Cell + last, count).CopyTo(new Span<float>(state.Cell - count, count));
                new ReadOnlySpan<float>(state.Hidden + last, count).CopyTo(new Span<float>(state.Hidden - count, count));
            }
        }
        (_from, _end, _firstRow) = (from, end, _sequences.Start(from));
    }

    /// <summary>The numbers that go in at a step of a series, within the piece; filled by the caller.</summary>
    public Span<float> Input(int series, int step)
    {
        int inputs = _matrices.Shape.Inputs;
        return new Span<float>(_inputs + (nint)RowOf(series, step) * inputs, inputs);
    }

    /// <summary>The last layer's hidden state after a step of a series, within the piece.</summary>
    public ReadOnlySpan<float> Output(int series, int step) => new(_layers[^1].Hidden + (nint)RowOf(series, step) * _width, _matrices.Shape.Hidden);

    /// <summary>The gradient by <see cref="Output"/>, 0 where the caller leaves it so; from <see cref="ClearGradient"/> to <see cref="Backward"/>.</summary>
    public Span<float> OutputGradient(int series, int step) => new(_hiddenGradient + (nint)RowOf(series, step) * _width, _matrices.Shape.Hidden);

    /// <summary>Takes the piece forward.</summary>
    public void Forward()
    {
        for (int layer = 0; layer < _layers.Length; layer++)
        {
            State state = _layers[layer];
            int gatesWidth = _matrices.GatesWidth;
            float* below = Below(layer, out int stride);
            s_kernels.Multiply(_matrices[layer].Input, below, stride, 1, _sequences.Start(_end) - _firstRow, null, state.Gates, gatesWidth);
            for (int step = _from; step < _end; step++)
            {
                int rows = _sequences.Active(step);
                nint start = _sequences.Start(step) - _firstRow, previous = step == 0 ? 0 : _sequences.Start(step - 1) - _firstRow;
                float* gates = state.Gates + start * gatesWidth;
                if (step > 0)
                    s_kernels.Multiply(_matrices[layer].Recurrent, state.Hidden + previous * _width, _width, 1, rows, gates, gates, gatesWidth);
                s_kernels.LstmCell(gates, step == 0 ? null : state.Cell + previous * _width, state.Cell + start * _width, state.CellTanh + start * _width,
                    state.Hidden + start * _width, rows, _width);
            }
        }
    }

    /// <summary>Makes room for the gradient by the outputs.</summary>
    public void ClearGradient() => _hiddenGradient = Zeros(_sequences.Rows);

    /// <summary>Goes back through time, where one piece was all. The gates are used up by it.</summary>
    /// <param name="gradient">The gradients by the layers' parameters are added to it; laid out as <see cref="LstmWeights.Values"/>.</param>
    public void Backward(Span<float> gradient)
    {
        int gatesWidth = _matrices.GatesWidth;
        IReadOnlyList<LstmTensor> tensors = _matrices.Shape.Tensors;
        for (int layer = _layers.Length - 1; layer >= 0; layer--)
        {
            State state = _layers[layer];
            float* cellGradient = Zeros(_sequences.Count);
            for (int step = _sequences.Steps - 1; step >= 0; step--)
            {
                nint start = _sequences.Start(step);
                float* hiddenGradient = _hiddenGradient + start * _width;
                float* gatesAfter = state.Gates + (start + _sequences.Active(step)) * gatesWidth;
                if (_sequences.Active(step + 1) is > 0 and int after)
                    s_kernels.Multiply(_matrices[layer].RecurrentBack, gatesAfter, gatesWidth, 1, after, hiddenGradient, hiddenGradient, _width);
                s_kernels.LstmCellBackward(state.Gates + start * gatesWidth, step == 0 ? null : state.Cell + _sequences.Start(step - 1) * (nint)_width,
                    state.CellTanh + start * _width, hiddenGradient, cellGradient, _sequences.Active(step), _width);
            }

            float* below = Below(layer, out int stride);
            AddWeightGradient(state.Gates, below, stride, _sequences.Rows, gradient, tensors[4 * layer]);
            int first = _sequences.Active(0);
            if (_sequences.Steps > 1)
                AddWeightGradient(state.Gates + (nint)first * gatesWidth, Previous(state), _width, _sequences.Rows - first, gradient, tensors[4 * layer + 1]);
            AddBiasGradient(state.Gates, gradient, tensors[4 * layer + 2], tensors[4 * layer + 3]);
            if (layer > 0)
                s_kernels.Multiply(_matrices[layer].InputBack, state.Gates, gatesWidth, 1, _sequences.Rows, null, _hiddenGradient, _width);
        }
    }

    /// <summary>Adds Σ over the rows of gatesᵀ · x.</summary>
    private void AddWeightGradient(float* gates, float* x, int stride, int rows, Span<float> gradient, LstmTensor tensor)
    {
        int columns = tensor.Shape[1], padded = s_kernels.Padded(columns), hidden = _matrices.Shape.Hidden;
        PackedMatrix packed = PackedMatrix.Pack(x, stride, 1, rows, columns, s_kernels.PanelWidth, _workspace.Singles(PackedMatrix.Size(rows, columns, s_kernels.PanelWidth)));
        float* product = _workspace.Singles((nint)_matrices.GatesWidth * padded);
        s_kernels.Multiply(packed, gates, 1, _matrices.GatesWidth, _matrices.GatesWidth, null, product, padded);
        Span<float> target = gradient.Slice(tensor.Offset, tensor.Count);
        for (int gate = 0; gate < LstmShape.Gates; gate++)
            for (int unit = 0; unit < hidden; unit++)
            {
                float* row = product + (nint)(gate * _width + unit) * padded;
                Span<float> sum = target.Slice((gate * hidden + unit) * columns, columns);
                for (int j = 0; j < columns; j++)
                    sum[j] += row[j];
            }
    }

    private void AddBiasGradient(float* gates, Span<float> gradient, LstmTensor inputBias, LstmTensor recurrentBias)
    {
        float* sums = _workspace.Singles(_matrices.GatesWidth);
        new Span<float>(sums, _matrices.GatesWidth).Clear();
        for (int row = 0; row < _sequences.Rows; row++)
            s_kernels.Add(sums, gates + (nint)row * _matrices.GatesWidth, _matrices.GatesWidth);
        int hidden = _matrices.Shape.Hidden;
        for (int i = 0; i < inputBias.Count; i++)
        {
            float sum = sums[i / hidden * _width + i % hidden];
            gradient[inputBias.Offset + i] += sum;
            gradient[recurrentBias.Offset + i] += sum;
        }
    }

    /// <summary>The hidden states of the step before, for every row but those of the first step.</summary>
    private float* Previous(State state)
    {
        int first = _sequences.Active(0);
        float* previous = _workspace.Singles((nint)(_sequences.Rows - first) * _width);
        for (int step = 1; step < _sequences.Steps; step++)
        {
            nint count = (nint)_sequences.Active(step) * _width;
            new ReadOnlySpan<float>(state.Hidden + _sequences.Start(step - 1) * (nint)_width, checked((int)count))
                .CopyTo(new Span<float>(previous + (_sequences.Start(step) - first) * (nint)_width, (int)count));
        }
        return previous;
    }

    /// <summary>What goes into a layer, a row a value.</summary>
    private float* Below(int layer, out int stride)
    {
        stride = layer == 0 ? _matrices.Shape.Inputs : _width;
        return layer == 0 ? _inputs : _layers[layer - 1].Hidden;
    }

    private int RowOf(int series, int step) => _sequences.RowOf(series, step) - _firstRow;

    private float* Zeros(int rows)
    {
        nint count = (nint)rows * _width;
        float* zeros = _workspace.Singles(count);
        new Span<float>(zeros, checked((int)count)).Clear();
        return zeros;
    }

    /// <param name="gates">[rows, 4 · width]: i, f, g, o, and on the way back their gradients.</param>
    /// <param name="cell">[rows, width].</param>
    /// <param name="cellTanh">[rows, width].</param>
    /// <param name="hidden">[rows, width].</param>
    private readonly struct State(float* gates, float* cell, float* cellTanh, float* hidden)
    {
        public readonly float* Gates = gates;
        public readonly float* Cell = cell;
        public readonly float* CellTanh = cellTanh;
        public readonly float* Hidden = hidden;
    }
}
